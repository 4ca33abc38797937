CREATE TABLE fleet.idempotency (
    scope_id uuid NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status integer,
    response jsonb,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (scope_id, key),
    CONSTRAINT ck_idempotency_key CHECK (length(key) BETWEEN 1 AND 255),
    CONSTRAINT ck_idempotency_request_hash CHECK (length(request_hash) = 32),
    CONSTRAINT ck_idempotency_status CHECK (status BETWEEN 100 AND 599),
    CONSTRAINT ck_idempotency_response CHECK (response IS NULL OR status IS NOT NULL)
);

CREATE INDEX idx_idempotency_created_at ON fleet.idempotency (created_at);

COMMENT ON TABLE fleet.idempotency IS
    'Answers to requests that carried an Idempotency-Key, so that a retry gets the first answer again.';
COMMENT ON COLUMN fleet.idempotency.scope_id IS 'Whose keys these are: a user, or another actor.';
COMMENT ON COLUMN fleet.idempotency.key IS 'The Idempotency-Key as the client sent it.';
COMMENT ON COLUMN fleet.idempotency.request_hash IS
    'SHA-256 of the request; the same key with another request is refused.';
COMMENT ON COLUMN fleet.idempotency.status IS 'The HTTP status that was answered; NULL while the request is in flight.';
COMMENT ON COLUMN fleet.idempotency.response IS 'The body that was answered; NULL while the request is in flight.';
COMMENT ON COLUMN fleet.idempotency.created_at IS 'When the row was made.';
