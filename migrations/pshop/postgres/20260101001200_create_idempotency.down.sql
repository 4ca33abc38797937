DROP TABLE sales.idempotency;
