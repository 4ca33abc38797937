DROP TABLE drivers;
