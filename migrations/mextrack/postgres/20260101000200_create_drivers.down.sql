DROP TABLE fleet.drivers;
