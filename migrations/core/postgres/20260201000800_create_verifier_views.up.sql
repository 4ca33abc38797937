CREATE VIEW auth.verifier_keys WITH (security_barrier = true) AS
SELECT kid, alg, public_key, state FROM auth.signing_keys WHERE state <> 'gone';

CREATE VIEW auth.verifier_revocations WITH (security_barrier = true) AS
SELECT seq, session_id, user_id, epoch, expires_at FROM auth.revocations;

CREATE VIEW auth.verifier_profiles WITH (security_barrier = true) AS
SELECT id, name, status FROM auth.users;

COMMENT ON VIEW auth.verifier_keys IS 'The public keys that tokens are checked with.';
COMMENT ON VIEW auth.verifier_revocations IS 'Which sessions and older tokens are refused.';
COMMENT ON VIEW auth.verifier_profiles IS 'How people are called, and whether they may sign in.';

-- The role is made with the database; where it has another name, rights are given by hand.
-- atriz: lint-ignore unread-block "it gives rights and touches no row"
DO $$
DECLARE
    verifier text := current_database() || '_verifier';
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = verifier) THEN
        EXECUTE format('GRANT USAGE ON SCHEMA auth TO %I', verifier);
        EXECUTE format(
            'GRANT SELECT ON auth.verifier_keys, auth.verifier_revocations, auth.verifier_profiles TO %I', verifier
        );
    END IF;
END;
$$;
