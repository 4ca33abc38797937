DROP TABLE sync_scopes;
