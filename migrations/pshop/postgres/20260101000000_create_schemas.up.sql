CREATE SCHEMA catalog;
COMMENT ON SCHEMA catalog IS 'Stores, their members, and what they sell.';
CREATE SCHEMA stock;
COMMENT ON SCHEMA stock IS 'How much of each product is there, and how it came and went.';
CREATE SCHEMA sales;
COMMENT ON SCHEMA sales IS 'Tills, shifts, sales and payments.';

-- Fill updated_at in for statements that do not go through the application's entities.
CREATE FUNCTION catalog.set_updated_at() RETURNS trigger
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
REVOKE ALL ON FUNCTION catalog.set_updated_at() FROM PUBLIC;
COMMENT ON FUNCTION catalog.set_updated_at() IS
    'Fills updated_at in when a statement changed a row and left the column as it was.';

CREATE FUNCTION sales.set_updated_at() RETURNS trigger
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
REVOKE ALL ON FUNCTION sales.set_updated_at() FROM PUBLIC;
COMMENT ON FUNCTION sales.set_updated_at() IS
    'Fills updated_at in when a statement changed a row and left the column as it was.';
