CREATE TABLE fleet.sync_scopes (
    scope_id uuid NOT NULL,
    version bigint NOT NULL,
    min_version bigint NOT NULL,
    CONSTRAINT pk_sync_scopes PRIMARY KEY (scope_id),
    CONSTRAINT ck_sync_scopes_version CHECK (version >= 0),
    CONSTRAINT ck_sync_scopes_min_version CHECK (min_version >= 0)
) WITH (fillfactor = 10);

COMMENT ON TABLE fleet.sync_scopes IS
    'One counter per scope, locked until commit, from which the versions of its rows are drawn.';
COMMENT ON COLUMN fleet.sync_scopes.scope_id IS 'The scope: the id of the fleet.';
COMMENT ON COLUMN fleet.sync_scopes.version IS 'The last version that was given out.';
COMMENT ON COLUMN fleet.sync_scopes.min_version IS
    'Clients whose cursor is older than this start over, for deletions before it are forgotten.';
