CREATE TABLE messages (
    id BLOB NOT NULL CONSTRAINT ck_messages_id_type CHECK (length(id) = 16),
    channel TEXT NOT NULL,
    template TEXT NOT NULL,
    user_id BLOB CONSTRAINT ck_messages_user_id_type CHECK (length(user_id) = 16),
    sealed BLOB,
    key_id TEXT,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT NOT NULL
        CONSTRAINT ck_messages_next_attempt_at_type CHECK (next_attempt_at GLOB '????-??-??T??:??:??*+00:00'),
    sent_at TEXT CONSTRAINT ck_messages_sent_at_type CHECK (sent_at GLOB '????-??-??T??:??:??*+00:00'),
    failed_at TEXT CONSTRAINT ck_messages_failed_at_type CHECK (failed_at GLOB '????-??-??T??:??:??*+00:00'),
    error TEXT,
    created_at TEXT NOT NULL
        CONSTRAINT ck_messages_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT fk_messages_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_messages_channel CHECK (channel IN ('mail', 'sms')),
    CONSTRAINT ck_messages_template CHECK (length(template) BETWEEN 1 AND 64),
    CONSTRAINT ck_messages_key_id CHECK (length(key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_messages_attempts CHECK (attempts >= 0),
    CONSTRAINT ck_messages_error CHECK (length(error) BETWEEN 1 AND 500),
    CONSTRAINT ck_messages_sealed CHECK (
        (sealed IS NULL) = (sent_at IS NOT NULL OR failed_at IS NOT NULL) AND (sealed IS NULL OR key_id IS NOT NULL)
    )
) STRICT;

CREATE INDEX idx_messages_next_attempt_at ON messages (next_attempt_at) WHERE sealed IS NOT NULL;

CREATE INDEX idx_messages_user_id ON messages (user_id);

CREATE INDEX idx_messages_created_at ON messages (created_at);
