DROP TABLE auth.phone_verifications;
