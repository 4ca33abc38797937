DROP TABLE auth.auth_tokens;
