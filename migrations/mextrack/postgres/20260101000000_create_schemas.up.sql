CREATE SCHEMA fleet;
COMMENT ON SCHEMA fleet IS 'Fleets, their vehicles and trackers, and the positions these report.';

-- Fills updated_at in for statements that do not go through the application's entities.
CREATE FUNCTION fleet.set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = ''
AS $$
BEGIN
    IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at AND NEW IS DISTINCT FROM OLD THEN
        NEW.updated_at := pg_catalog.now();
    END IF;
    RETURN NEW;
END;
$$;
REVOKE ALL ON FUNCTION fleet.set_updated_at() FROM PUBLIC;
COMMENT ON FUNCTION fleet.set_updated_at() IS
    'Fills updated_at in when a statement changed a row and left the column as it was.';
