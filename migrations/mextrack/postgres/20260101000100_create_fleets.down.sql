DROP TABLE fleet.fleet_members;
DROP TABLE fleet.fleets;
