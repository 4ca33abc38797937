DROP TABLE app.outbox;
