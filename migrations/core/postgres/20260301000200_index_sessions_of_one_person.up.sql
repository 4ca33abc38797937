-- How many sessions somebody has open in an app is asked at each sign-in: beside those of everybody in that app.
CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_sessions_user_id_app_id ON auth.sessions (user_id, app_id);

DROP INDEX CONCURRENTLY IF EXISTS auth.idx_sessions_user_id;
