CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_sessions_user_id ON auth.sessions (user_id);

DROP INDEX CONCURRENTLY IF EXISTS auth.idx_sessions_user_id_app_id;
