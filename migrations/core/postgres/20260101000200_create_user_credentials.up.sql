CREATE TABLE auth.user_credentials (
    user_id uuid NOT NULL,
    phc text NOT NULL,
    pepper_id text NOT NULL,
    norm_version integer NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_user_credentials PRIMARY KEY (user_id),
    CONSTRAINT fk_user_credentials_users FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
    CONSTRAINT ck_user_credentials_phc CHECK (length(phc) BETWEEN 1 AND 512 AND phc LIKE '$%'),
    CONSTRAINT ck_user_credentials_pepper_id CHECK (length(pepper_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_user_credentials_norm_version CHECK (norm_version >= 1)
);

CREATE TRIGGER trg_user_credentials_updated_at
    BEFORE UPDATE ON auth.user_credentials
    FOR EACH ROW EXECUTE FUNCTION auth.set_updated_at();

COMMENT ON TABLE auth.user_credentials IS
    'Password hashes, apart from users so that nothing that reads an account reads them along.';
COMMENT ON COLUMN auth.user_credentials.user_id IS 'Whose password it is.';
COMMENT ON COLUMN auth.user_credentials.phc IS 'The Argon2id hash as a PHC string, with its parameters and salt.';
COMMENT ON COLUMN auth.user_credentials.pepper_id IS
    'Which pepper went into the hash; the pepper itself is never in the database.';
COMMENT ON COLUMN auth.user_credentials.norm_version IS 'Which Unicode normalisation was applied before hashing.';
COMMENT ON COLUMN auth.user_credentials.created_at IS 'When the row was made.';
COMMENT ON COLUMN auth.user_credentials.updated_at IS 'When the row last changed.';
