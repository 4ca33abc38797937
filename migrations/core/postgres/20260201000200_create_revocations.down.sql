DROP TABLE auth.revocations;
