DROP TABLE fleet_members;
DROP TABLE fleets;
