DROP TABLE fleet.idempotency;
