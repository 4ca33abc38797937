DROP TABLE sales.outbox;
