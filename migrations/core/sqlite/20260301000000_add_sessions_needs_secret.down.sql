ALTER TABLE sessions DROP COLUMN needs_secret;
