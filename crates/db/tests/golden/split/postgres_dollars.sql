CREATE FUNCTION outer_one() RETURNS text LANGUAGE plpgsql AS $fn$
BEGIN
    EXECUTE $sql$ CREATE FUNCTION inner_one() RETURNS text LANGUAGE sql AS $fn_$ SELECT 'a;b'; $fn_$ $sql$;
    RETURN $$;$$; -- END;
END;
$fn$;
DO $$ BEGIN IF true THEN PERFORM 1; END IF; END $$;
DO LANGUAGE plpgsql $do$
DECLARE
    a$b integer := 1;
BEGIN
    PERFORM a$b;
END
$do$;
PREPARE two AS SELECT $1::integer + $2::integer;
SELECT 1 AS a$b$c, 2 AS d$;
CREATE TABLE under$score (one$$two integer);
