DROP TABLE auth.user_credentials;
