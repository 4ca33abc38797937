DROP TABLE auth.idempotency;
