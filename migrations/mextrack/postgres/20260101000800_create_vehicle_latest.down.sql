DROP TABLE fleet.vehicle_latest;
