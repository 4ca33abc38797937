CREATE INDEX idx_sessions_user_id ON sessions (user_id);

DROP INDEX idx_sessions_user_id_app_id;
