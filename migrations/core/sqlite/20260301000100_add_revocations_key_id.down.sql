-- atriz: rebuild
CREATE TABLE revocations_new (
    seq INTEGER NOT NULL,
    session_id BLOB CONSTRAINT ck_revocations_session_id_type CHECK (length(session_id) = 16),
    user_id BLOB CONSTRAINT ck_revocations_user_id_type CHECK (length(user_id) = 16),
    epoch INTEGER,
    expires_at TEXT NOT NULL
        CONSTRAINT ck_revocations_expires_at_type CHECK (expires_at GLOB '????-??-??T??:??:??*+00:00'),
    created_at TEXT NOT NULL
        CONSTRAINT ck_revocations_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_revocations PRIMARY KEY (seq),
    CONSTRAINT ck_revocations_subject CHECK (
        (session_id IS NOT NULL AND user_id IS NULL AND epoch IS NULL)
        OR (session_id IS NULL AND user_id IS NOT NULL AND epoch IS NOT NULL)
    )
) STRICT;

-- Without the column nothing could be said of a key.
INSERT INTO revocations_new (seq, session_id, user_id, epoch, expires_at, created_at)
SELECT seq, session_id, user_id, epoch, expires_at, created_at FROM revocations WHERE key_id IS NULL;

DROP TABLE revocations;

ALTER TABLE revocations_new RENAME TO revocations;

CREATE INDEX idx_revocations_expires_at ON revocations (expires_at);
