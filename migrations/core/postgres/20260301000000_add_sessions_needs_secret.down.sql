ALTER TABLE auth.sessions DROP COLUMN needs_secret;
