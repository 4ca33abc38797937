ALTER TABLE auth.sessions ADD COLUMN needs_secret boolean NOT NULL DEFAULT false;

COMMENT ON COLUMN auth.sessions.needs_secret IS
    'Whether it was begun with the secret of its app, and goes on with that alone.';
