DROP TABLE auth.messages;
