DROP TABLE role_includes;
