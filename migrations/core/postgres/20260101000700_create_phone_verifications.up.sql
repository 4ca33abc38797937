CREATE TABLE auth.phone_verifications (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    purpose text NOT NULL,
    phone_e164 text NOT NULL,
    code_mac bytea NOT NULL,
    key_id text NOT NULL,
    attempts integer NOT NULL,
    expires_at timestamptz NOT NULL,
    consumed_at timestamptz,
    superseded_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_phone_verifications PRIMARY KEY (id),
    CONSTRAINT fk_phone_verifications_users FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
    CONSTRAINT ck_phone_verifications_purpose CHECK (purpose IN ('verify_phone', 'sign_in', 'step_up')),
    CONSTRAINT ck_phone_verifications_phone_e164 CHECK (
        length(phone_e164) BETWEEN 8 AND 16 AND substr(phone_e164, 1, 1) = '+'
        AND ltrim(substr(phone_e164, 2), '0123456789') = ''
    ),
    CONSTRAINT ck_phone_verifications_code_mac CHECK (length(code_mac) = 32),
    CONSTRAINT ck_phone_verifications_key_id CHECK (length(key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_phone_verifications_attempts CHECK (attempts >= 0),
    CONSTRAINT ck_phone_verifications_expires_at CHECK (expires_at > created_at)
);

CREATE UNIQUE INDEX uq_phone_verifications_user_id_purpose ON auth.phone_verifications (user_id, purpose)
    WHERE consumed_at IS NULL AND superseded_at IS NULL;

CREATE INDEX idx_phone_verifications_user_id ON auth.phone_verifications (user_id);

CREATE INDEX idx_phone_verifications_phone_e164_created_at ON auth.phone_verifications (phone_e164, created_at);

CREATE INDEX idx_phone_verifications_expires_at ON auth.phone_verifications (expires_at);

COMMENT ON TABLE auth.phone_verifications IS
    'Short codes sent to a telephone; only the newest one of a person and purpose counts.';
COMMENT ON COLUMN auth.phone_verifications.id IS 'Identifies the row; part of what the code is keyed with.';
COMMENT ON COLUMN auth.phone_verifications.user_id IS 'Who asked for the code.';
COMMENT ON COLUMN auth.phone_verifications.purpose IS 'What the code is good for.';
COMMENT ON COLUMN auth.phone_verifications.phone_e164 IS 'The number the code was sent to.';
COMMENT ON COLUMN auth.phone_verifications.code_mac IS
    'HMAC-SHA256 of row, number and code, under a key outside the database.';
COMMENT ON COLUMN auth.phone_verifications.key_id IS 'Which key that was.';
COMMENT ON COLUMN auth.phone_verifications.attempts IS 'How many guesses were made, counted before each is checked.';
COMMENT ON COLUMN auth.phone_verifications.expires_at IS 'When the code ends.';
COMMENT ON COLUMN auth.phone_verifications.consumed_at IS 'When the right code was given.';
COMMENT ON COLUMN auth.phone_verifications.superseded_at IS 'When a newer code took its place.';
COMMENT ON COLUMN auth.phone_verifications.created_at IS 'When the row was made.';
