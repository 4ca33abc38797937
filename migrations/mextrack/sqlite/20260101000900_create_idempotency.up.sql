CREATE TABLE idempotency (
    scope_id BLOB NOT NULL CONSTRAINT ck_idempotency_scope_id_type CHECK (length(scope_id) = 16),
    key TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    status INTEGER,
    response TEXT CONSTRAINT ck_idempotency_response_type CHECK (response IS NULL OR json_valid(response)),
    created_at TEXT NOT NULL
        CONSTRAINT ck_idempotency_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_idempotency PRIMARY KEY (scope_id, key),
    CONSTRAINT ck_idempotency_key CHECK (length(key) BETWEEN 1 AND 255),
    CONSTRAINT ck_idempotency_request_hash CHECK (length(request_hash) = 32),
    CONSTRAINT ck_idempotency_status CHECK (status BETWEEN 100 AND 599),
    CONSTRAINT ck_idempotency_response CHECK (response IS NULL OR status IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_idempotency_created_at ON idempotency (created_at);
