DROP TABLE fleet.vehicles;
