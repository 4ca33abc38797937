CREATE TABLE auth.revocations (
    seq bigint NOT NULL,
    session_id uuid,
    user_id uuid,
    epoch bigint,
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_revocations PRIMARY KEY (seq),
    CONSTRAINT ck_revocations_subject CHECK (
        (session_id IS NOT NULL AND user_id IS NULL AND epoch IS NULL)
        OR (session_id IS NULL AND user_id IS NOT NULL AND epoch IS NOT NULL)
    )
);

CREATE INDEX idx_revocations_expires_at ON auth.revocations (expires_at);

COMMENT ON TABLE auth.revocations IS
    'Which sessions and which older tokens of a person are refused, in the order of commits.';
COMMENT ON COLUMN auth.revocations.seq IS 'The place in the feed; drawn from a counter that is locked until commit.';
COMMENT ON COLUMN auth.revocations.session_id IS 'The session that ended; NULL where it is about a person.';
COMMENT ON COLUMN auth.revocations.user_id IS 'The person; NULL where it is about a session.';
COMMENT ON COLUMN auth.revocations.epoch IS
    'Tokens of that person with a lower epoch are refused; NULL where it is about a session.';
COMMENT ON COLUMN auth.revocations.expires_at IS 'When the last token it is about has expired, and the row may go.';
COMMENT ON COLUMN auth.revocations.created_at IS 'When the row was made.';
