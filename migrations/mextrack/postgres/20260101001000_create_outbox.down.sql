DROP TABLE fleet.outbox;
