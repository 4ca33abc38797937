DROP TABLE auth.totp_secrets;
