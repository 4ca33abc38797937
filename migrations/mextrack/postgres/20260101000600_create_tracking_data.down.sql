DROP TABLE fleet.tracking_data;
