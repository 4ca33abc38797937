DROP TABLE auth.user_roles;

DROP TABLE auth.role_permissions;

DROP TABLE auth.roles;
