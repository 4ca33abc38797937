DROP TABLE vehicle_latest;
