DROP TABLE auth.apps;
