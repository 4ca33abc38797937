ALTER TABLE sessions ADD COLUMN needs_secret INTEGER NOT NULL DEFAULT 0
    CONSTRAINT ck_sessions_needs_secret_type CHECK (needs_secret IN (0, 1));
