DROP TABLE sales.sync_scopes;
