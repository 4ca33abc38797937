DROP TABLE master.locations;
