ALTER TABLE auth.revocations ADD COLUMN key_id uuid;

-- The table holds the rows of a few minutes: all of this is done at once.
-- atriz: lint-ignore ban-drop-constraint "the next statement puts a wider one in its place"
ALTER TABLE auth.revocations DROP CONSTRAINT ck_revocations_subject;

ALTER TABLE auth.revocations ADD CONSTRAINT ck_revocations_subject CHECK (
    (session_id IS NOT NULL AND user_id IS NULL AND epoch IS NULL AND key_id IS NULL)
    OR (session_id IS NULL AND user_id IS NOT NULL AND epoch IS NOT NULL AND key_id IS NULL)
    OR (session_id IS NULL AND user_id IS NULL AND epoch IS NULL AND key_id IS NOT NULL)
) NOT VALID;

-- atriz: lint-ignore constraint-missing-not-valid "the table holds the rows of a few minutes"
ALTER TABLE auth.revocations VALIDATE CONSTRAINT ck_revocations_subject;

CREATE OR REPLACE VIEW auth.verifier_revocations WITH (security_barrier = true) AS
SELECT seq, session_id, user_id, epoch, expires_at, key_id FROM auth.revocations;

COMMENT ON TABLE auth.revocations IS
    'Which sessions, API keys and older tokens of a person are refused, in the order of commits.';
COMMENT ON COLUMN auth.revocations.session_id IS 'The session that ended; NULL where it is about something else.';
COMMENT ON COLUMN auth.revocations.user_id IS 'The person; NULL where it is about a session or a key.';
COMMENT ON COLUMN auth.revocations.epoch IS
    'Tokens of that person with a lower epoch are refused; NULL where it is about a session or a key.';
COMMENT ON COLUMN auth.revocations.key_id IS 'The API key that ended; NULL where it is about something else.';
COMMENT ON VIEW auth.verifier_revocations IS 'Which sessions, API keys and older tokens are refused.';
