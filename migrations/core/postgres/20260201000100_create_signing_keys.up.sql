CREATE TABLE auth.signing_keys (
    kid text NOT NULL,
    alg text NOT NULL,
    public_key bytea NOT NULL,
    private_sealed bytea,
    seal_key_id text NOT NULL,
    state text NOT NULL,
    created_at timestamptz NOT NULL,
    activate_at timestamptz NOT NULL,
    retire_at timestamptz,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_signing_keys PRIMARY KEY (kid),
    CONSTRAINT ck_signing_keys_kid CHECK (length(kid) BETWEEN 1 AND 64),
    CONSTRAINT ck_signing_keys_alg CHECK (alg IN ('EdDSA')),
    CONSTRAINT ck_signing_keys_public_key CHECK (length(public_key) = 32),
    CONSTRAINT ck_signing_keys_seal_key_id CHECK (length(seal_key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_signing_keys_state CHECK (state IN ('next', 'active', 'retiring', 'gone')),
    CONSTRAINT ck_signing_keys_private_sealed CHECK (private_sealed IS NOT NULL OR state IN ('retiring', 'gone'))
);

CREATE UNIQUE INDEX uq_signing_keys_state ON auth.signing_keys (state) WHERE state = 'active';

CREATE TRIGGER trg_signing_keys_updated_at
    BEFORE UPDATE ON auth.signing_keys
    FOR EACH ROW EXECUTE FUNCTION auth.set_updated_at();

COMMENT ON TABLE auth.signing_keys IS
    'The keys that sign access tokens; the private half is sealed under a key outside the database.';
COMMENT ON COLUMN auth.signing_keys.kid IS 'Names the key in tokens and in the published set.';
COMMENT ON COLUMN auth.signing_keys.alg IS 'The algorithm.';
COMMENT ON COLUMN auth.signing_keys.public_key IS 'The public half.';
COMMENT ON COLUMN auth.signing_keys.private_sealed IS
    'The private half, encrypted and authenticated together with the name; NULL once it signs no more.';
COMMENT ON COLUMN auth.signing_keys.seal_key_id IS 'Which master key it is sealed with.';
COMMENT ON COLUMN auth.signing_keys.state IS 'Where the key is in its life.';
COMMENT ON COLUMN auth.signing_keys.created_at IS 'When the row was made.';
COMMENT ON COLUMN auth.signing_keys.activate_at IS 'From when on it may sign.';
COMMENT ON COLUMN auth.signing_keys.retire_at IS
    'Until when tokens of a retiring key are good; NULL before it retires.';
COMMENT ON COLUMN auth.signing_keys.updated_at IS 'When the row last changed.';
