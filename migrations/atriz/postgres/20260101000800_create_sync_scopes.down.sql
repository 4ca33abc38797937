DROP TABLE app.sync_scopes;
