CREATE TABLE auth.messages (
    id uuid NOT NULL,
    channel text NOT NULL,
    template text NOT NULL,
    user_id uuid,
    sealed bytea,
    key_id text,
    attempts integer NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    sent_at timestamptz,
    failed_at timestamptz,
    error text,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (id),
    CONSTRAINT fk_messages_users FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
    CONSTRAINT ck_messages_channel CHECK (channel IN ('mail', 'sms')),
    CONSTRAINT ck_messages_template CHECK (length(template) BETWEEN 1 AND 64),
    CONSTRAINT ck_messages_key_id CHECK (length(key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_messages_attempts CHECK (attempts >= 0),
    CONSTRAINT ck_messages_error CHECK (length(error) BETWEEN 1 AND 500),
    CONSTRAINT ck_messages_sealed CHECK (
        (sealed IS NULL) = (sent_at IS NOT NULL OR failed_at IS NOT NULL) AND (sealed IS NULL OR key_id IS NOT NULL)
    )
);

CREATE INDEX idx_messages_next_attempt_at ON auth.messages (next_attempt_at) WHERE sealed IS NOT NULL;

CREATE INDEX idx_messages_user_id ON auth.messages (user_id);

CREATE INDEX idx_messages_created_at ON auth.messages (created_at);

COMMENT ON TABLE auth.messages IS
    'Mail and text messages on their way; what they say is sealed, since links hold tokens.';
COMMENT ON COLUMN auth.messages.id IS 'Identifies the message.';
COMMENT ON COLUMN auth.messages.channel IS 'How it goes.';
COMMENT ON COLUMN auth.messages.template IS 'What kind of message it is.';
COMMENT ON COLUMN auth.messages.user_id IS 'Whom it is about; NULL where there is no account.';
COMMENT ON COLUMN auth.messages.sealed IS
    'Recipient and contents, sealed together with the id of this row; NULL once it is sent or given up.';
COMMENT ON COLUMN auth.messages.key_id IS 'Which master key it is sealed with.';
COMMENT ON COLUMN auth.messages.attempts IS 'How often sending was tried.';
COMMENT ON COLUMN auth.messages.next_attempt_at IS 'When it is tried next.';
COMMENT ON COLUMN auth.messages.sent_at IS 'When it was sent.';
COMMENT ON COLUMN auth.messages.failed_at IS 'When it was given up.';
COMMENT ON COLUMN auth.messages.error IS 'Why the last try failed, without address and contents.';
COMMENT ON COLUMN auth.messages.created_at IS 'When the row was made.';
