CREATE TABLE outbox (
    scope_id BLOB NOT NULL CONSTRAINT ck_outbox_scope_id_type CHECK (length(scope_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_outbox_id_type CHECK (length(id) = 16),
    topic TEXT NOT NULL,
    payload TEXT NOT NULL CONSTRAINT ck_outbox_payload_type CHECK (json_valid(payload)),
    created_at TEXT NOT NULL CONSTRAINT ck_outbox_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    sent_at TEXT CONSTRAINT ck_outbox_sent_at_type CHECK (sent_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_outbox PRIMARY KEY (scope_id, id),
    CONSTRAINT ck_outbox_topic CHECK (length(topic) BETWEEN 1 AND 100)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_outbox_id ON outbox (id) WHERE sent_at IS NULL;
