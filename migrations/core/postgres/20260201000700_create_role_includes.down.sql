DROP TABLE auth.role_includes;
