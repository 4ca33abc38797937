DROP TABLE fleet.sync_scopes;
