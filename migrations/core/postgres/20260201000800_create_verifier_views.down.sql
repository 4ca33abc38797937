DO $$
DECLARE
    verifier text := current_database() || '_verifier';
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = verifier) THEN
        EXECUTE format('REVOKE USAGE ON SCHEMA auth FROM %I', verifier);
    END IF;
END;
$$;

DROP VIEW auth.verifier_profiles;

DROP VIEW auth.verifier_revocations;

DROP VIEW auth.verifier_keys;
