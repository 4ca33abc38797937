DROP TABLE app.idempotency;
