-- The positions stay: without partitions of their own they live in the default one.
DO $$
DECLARE
    partition_name text;
BEGIN
    FOR partition_name IN
        SELECT c.relname
        FROM pg_catalog.pg_inherits AS i
        JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'fleet.tracking_data'::pg_catalog.regclass AND c.relname <> 'tracking_data_default'
    LOOP
        EXECUTE pg_catalog.format('ALTER TABLE fleet.tracking_data DETACH PARTITION fleet.%I', partition_name);
        EXECUTE pg_catalog.format('INSERT INTO fleet.tracking_data SELECT * FROM fleet.%I', partition_name);
        EXECUTE pg_catalog.format('DROP TABLE fleet.%I', partition_name);
    END LOOP;
END;
$$;
DROP FUNCTION fleet.drop_tracking_partitions(date);
DROP FUNCTION fleet.ensure_tracking_partitions(date, integer);
DROP FUNCTION fleet.missing_tracking_partitions(date, integer);
