DROP TABLE fleet.devices;
