DROP TABLE tracking_data;
