CREATE SCHEMA master;

CREATE SCHEMA app;

CREATE FUNCTION master.set_updated_at() RETURNS trigger
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

REVOKE ALL ON FUNCTION master.set_updated_at() FROM PUBLIC;

CREATE FUNCTION app.set_updated_at() RETURNS trigger
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

REVOKE ALL ON FUNCTION app.set_updated_at() FROM PUBLIC;

COMMENT ON SCHEMA master IS 'What the whole site shares and only administrators change: categories and places.';
COMMENT ON FUNCTION master.set_updated_at() IS
    'Fills updated_at in when a statement changed a row and left the column as it was.';
COMMENT ON SCHEMA app IS 'What people put on the site: profiles and items.';
COMMENT ON FUNCTION app.set_updated_at() IS
    'Fills updated_at in when a statement changed a row and left the column as it was.';
