DROP FUNCTION auth.set_updated_at();

DROP SCHEMA auth;
