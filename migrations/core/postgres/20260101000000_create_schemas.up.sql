CREATE SCHEMA auth;

CREATE FUNCTION auth.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = ''
AS $$
BEGIN
    IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at AND NEW IS DISTINCT FROM OLD THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END;
$$;

REVOKE ALL ON FUNCTION auth.set_updated_at() FROM PUBLIC;

COMMENT ON SCHEMA auth IS 'Who may sign in, and as what: accounts, credentials, roles, sessions and single-use tokens.';
COMMENT ON FUNCTION auth.set_updated_at() IS
    'Fills updated_at in when a statement changed a row and left the column as it was.';
