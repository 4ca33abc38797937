CREATE TABLE app.outbox (
    scope_id uuid NOT NULL,
    id uuid NOT NULL,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    CONSTRAINT pk_outbox PRIMARY KEY (scope_id, id),
    CONSTRAINT ck_outbox_topic CHECK (length(topic) BETWEEN 1 AND 100)
);

CREATE INDEX idx_outbox_id ON app.outbox (id) WHERE sent_at IS NULL;

COMMENT ON TABLE app.outbox IS
    'Messages to other parts of the platform, written in the transaction of the change they tell of.';
COMMENT ON COLUMN app.outbox.scope_id IS 'Whose change the message tells of.';
COMMENT ON COLUMN app.outbox.id IS 'Identifies the message; receivers drop a message whose id they have seen.';
COMMENT ON COLUMN app.outbox.topic IS 'What kind of message it is, such as user.erasure.';
COMMENT ON COLUMN app.outbox.payload IS 'What the message says; never a secret.';
COMMENT ON COLUMN app.outbox.created_at IS 'When the row was made.';
COMMENT ON COLUMN app.outbox.sent_at IS 'When the message was handed over; NULL until then.';
