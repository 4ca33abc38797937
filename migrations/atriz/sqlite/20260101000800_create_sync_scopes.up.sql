CREATE TABLE sync_scopes (
    scope_id BLOB NOT NULL CONSTRAINT ck_sync_scopes_scope_id_type CHECK (length(scope_id) = 16),
    version INTEGER NOT NULL,
    min_version INTEGER NOT NULL,
    CONSTRAINT pk_sync_scopes PRIMARY KEY (scope_id),
    CONSTRAINT ck_sync_scopes_version CHECK (version >= 0),
    CONSTRAINT ck_sync_scopes_min_version CHECK (min_version >= 0)
) STRICT;
