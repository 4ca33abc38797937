CREATE TABLE auth.totp_secrets (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    label text NOT NULL,
    secret_sealed bytea NOT NULL,
    key_id text NOT NULL,
    confirmed_at timestamptz,
    last_step bigint,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_totp_secrets PRIMARY KEY (id),
    CONSTRAINT fk_totp_secrets_users FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
    CONSTRAINT ck_totp_secrets_label CHECK (length(trim(label)) BETWEEN 1 AND 100),
    CONSTRAINT ck_totp_secrets_secret_sealed CHECK (length(secret_sealed) BETWEEN 32 AND 256),
    CONSTRAINT ck_totp_secrets_key_id CHECK (length(key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_totp_secrets_last_step CHECK (last_step >= 0)
);

CREATE UNIQUE INDEX uq_totp_secrets_user_id ON auth.totp_secrets (user_id) WHERE confirmed_at IS NULL;

CREATE INDEX idx_totp_secrets_user_id ON auth.totp_secrets (user_id);

CREATE TRIGGER trg_totp_secrets_updated_at
    BEFORE UPDATE ON auth.totp_secrets
    FOR EACH ROW EXECUTE FUNCTION auth.set_updated_at();

COMMENT ON TABLE auth.totp_secrets IS 'Seeds of authenticator apps, sealed with a key outside the database.';
COMMENT ON COLUMN auth.totp_secrets.id IS 'Identifies the row.';
COMMENT ON COLUMN auth.totp_secrets.user_id IS 'Whose authenticator it is.';
COMMENT ON COLUMN auth.totp_secrets.label IS 'What the person calls the device.';
COMMENT ON COLUMN auth.totp_secrets.secret_sealed IS
    'The seed, encrypted and authenticated together with the id of this row.';
COMMENT ON COLUMN auth.totp_secrets.key_id IS 'Which key it is sealed with.';
COMMENT ON COLUMN auth.totp_secrets.confirmed_at IS
    'When the person first gave a right code; before that it protects nothing.';
COMMENT ON COLUMN auth.totp_secrets.last_step IS 'The last time step that was accepted; a step counts once.';
COMMENT ON COLUMN auth.totp_secrets.created_at IS 'When the row was made.';
COMMENT ON COLUMN auth.totp_secrets.updated_at IS 'When the row last changed.';
