-- How many sessions somebody has open in an app is asked at each sign-in: beside those of everybody in that app.
CREATE INDEX idx_sessions_user_id_app_id ON sessions (user_id, app_id);

DROP INDEX idx_sessions_user_id;
