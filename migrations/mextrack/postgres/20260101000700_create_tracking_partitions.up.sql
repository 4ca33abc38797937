-- The two functions that change partitions run with their owner's rights, because the role of the application has no
-- DDL. Their search_path is fixed, with pg_temp last, so that no object of the caller can take the place of another.
-- A new function is open to PUBLIC; the tool that sets the rights of the database revokes that and grants EXECUTE to
-- the role of the application, whose name is not known here.

CREATE FUNCTION fleet.missing_tracking_partitions(from_month date, months integer)
    RETURNS TABLE (partition_name text, lower_bound text, upper_bound text)
    LANGUAGE sql
    STABLE
    SET search_path = pg_catalog, pg_temp
AS $$
    SELECT w.name, w.lower_bound, w.upper_bound
    FROM (
        SELECT
            to_char(m, '"tracking_data_"YYYY_MM') AS name,
            to_char(m, 'YYYY-MM-DD "00:00:00+00"') AS lower_bound,
            to_char(m + interval '1 month', 'YYYY-MM-DD "00:00:00+00"') AS upper_bound
        FROM generate_series(0, months - 1) AS n
        CROSS JOIN LATERAL (SELECT date_trunc('month', from_month::timestamp) + make_interval(months => n) AS m) AS s
    ) AS w
    WHERE NOT EXISTS (
        SELECT 1 FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'fleet.tracking_data'::regclass AND c.relname = w.name
    )
    ORDER BY w.name
$$;
COMMENT ON FUNCTION fleet.missing_tracking_partitions(date, integer) IS
    'The monthly partitions of tracking_data that do not exist yet, with their bounds in UTC.';

-- Creating a partition beside a default one needs the rows of its month moved first. Writers are kept out for that
-- time: one that had already chosen the default partition would otherwise fail. Readers of other months go on. When the
-- locks are not to be had soon the function gives up, and its next run tries again.
CREATE FUNCTION fleet.ensure_tracking_partitions(from_month date, months integer) RETURNS integer
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '3s'
AS $$
DECLARE
    missing record;
    made integer := 0;
BEGIN
    IF from_month IS NULL OR from_month NOT BETWEEN DATE '2000-01-01' AND DATE '2999-12-31'
        OR months IS NULL OR months NOT BETWEEN 1 AND 120 THEN
        RAISE EXCEPTION 'ensure_tracking_partitions takes a month of the years 2000 to 2999 and 1 to 120 months'
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    -- Most runs find nothing to do and take no lock at all.
    PERFORM 1 FROM fleet.missing_tracking_partitions(from_month, months);
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    LOCK TABLE ONLY fleet.tracking_data IN SHARE ROW EXCLUSIVE MODE;
    FOR missing IN SELECT * FROM fleet.missing_tracking_partitions(from_month, months) LOOP
        EXECUTE format('CREATE TABLE fleet.%I (LIKE fleet.tracking_data INCLUDING ALL)', missing.partition_name);
        EXECUTE format('COMMENT ON TABLE fleet.%I IS %L', missing.partition_name,
            'Positions from ' || missing.lower_bound || ' to before ' || missing.upper_bound || '.');
        EXECUTE format(
            'WITH moved AS (DELETE FROM ONLY fleet.tracking_data_default'
            ' WHERE recorded_at >= %L AND recorded_at < %L RETURNING *)'
            ' INSERT INTO fleet.%I SELECT * FROM moved',
            missing.lower_bound, missing.upper_bound, missing.partition_name);
        EXECUTE format('ALTER TABLE fleet.tracking_data ATTACH PARTITION fleet.%I FOR VALUES FROM (%L) TO (%L)',
            missing.partition_name, missing.lower_bound, missing.upper_bound);
        made := made + 1;
    END LOOP;
    RETURN made;
END;
$$;
COMMENT ON FUNCTION fleet.ensure_tracking_partitions(date, integer) IS
    'Makes the missing monthly partitions of tracking_data, filled from the default one, and returns how many it made.';

-- Dropping a partition costs the same whatever it holds, unlike a DELETE. Only whole months go. The default partition
-- is cleared of the same months, or positions of trackers with a wrong clock would be kept for ever.
CREATE FUNCTION fleet.drop_tracking_partitions(before date) RETURNS integer
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    SET lock_timeout = '3s'
AS $$
DECLARE
    first_kept timestamp := date_trunc('month', before::timestamp);
    partition_name text;
    dropped integer := 0;
BEGIN
    IF before IS NULL OR NOT isfinite(before) THEN
        RAISE EXCEPTION 'drop_tracking_partitions takes a date' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR partition_name IN
        SELECT c.relname
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'fleet.tracking_data'::regclass
            AND c.relname ~ '^tracking_data_[0-9]{4}_[0-9]{2}$'
            AND c.relname::text COLLATE "C" < to_char(first_kept, '"tracking_data_"YYYY_MM') COLLATE "C"
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE fleet.%I', partition_name);
        dropped := dropped + 1;
    END LOOP;
    DELETE FROM ONLY fleet.tracking_data_default AS d WHERE d.recorded_at < first_kept AT TIME ZONE 'UTC';
    RETURN dropped;
END;
$$;
COMMENT ON FUNCTION fleet.drop_tracking_partitions(date) IS
    'Drops the monthly partitions of tracking_data that end on or before the date, and returns how many it dropped.';

SELECT fleet.ensure_tracking_partitions(DATE '2026-01-01', 15);
