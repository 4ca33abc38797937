DROP TABLE auth.sync_scopes;
