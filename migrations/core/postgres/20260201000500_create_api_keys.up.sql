CREATE TABLE auth.api_keys (
    id uuid NOT NULL,
    user_id uuid,
    service_account_id uuid,
    app_id uuid NOT NULL,
    name text NOT NULL,
    secret_hash bytea NOT NULL,
    permissions jsonb NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_users FOREIGN KEY (user_id) REFERENCES auth.users (id) ON DELETE CASCADE,
    CONSTRAINT fk_api_keys_service_accounts FOREIGN KEY (service_account_id)
        REFERENCES auth.service_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_api_keys_apps FOREIGN KEY (app_id) REFERENCES auth.apps (id) ON DELETE RESTRICT,
    CONSTRAINT ck_api_keys_owner CHECK ((user_id IS NULL) <> (service_account_id IS NULL)),
    CONSTRAINT ck_api_keys_name CHECK (length(trim(name)) BETWEEN 1 AND 120),
    CONSTRAINT ck_api_keys_secret_hash CHECK (length(secret_hash) = 32),
    CONSTRAINT ck_api_keys_expires_at CHECK (expires_at > created_at)
);

CREATE INDEX idx_api_keys_user_id ON auth.api_keys (user_id);

CREATE INDEX idx_api_keys_service_account_id ON auth.api_keys (service_account_id);

CREATE INDEX idx_api_keys_app_id ON auth.api_keys (app_id);

COMMENT ON TABLE auth.api_keys IS 'Long-lived keys of people and of service accounts, kept as hashes.';
COMMENT ON COLUMN auth.api_keys.id IS 'Identifies the key; it stands in the key and is no secret.';
COMMENT ON COLUMN auth.api_keys.user_id IS 'The person whose key it is; NULL for that of a service account.';
COMMENT ON COLUMN auth.api_keys.service_account_id IS
    'The service account whose key it is; NULL for that of a person.';
COMMENT ON COLUMN auth.api_keys.app_id IS 'The app it is good for.';
COMMENT ON COLUMN auth.api_keys.name IS 'What its owner calls it.';
COMMENT ON COLUMN auth.api_keys.secret_hash IS 'SHA-256 of the secret part.';
COMMENT ON COLUMN auth.api_keys.permissions IS 'What it may do at most: a list of permissions.';
COMMENT ON COLUMN auth.api_keys.expires_at IS 'When it ends; NULL for never.';
COMMENT ON COLUMN auth.api_keys.last_used_at IS 'When it was last used, written at most once a minute.';
COMMENT ON COLUMN auth.api_keys.revoked_at IS 'When it was ended early.';
COMMENT ON COLUMN auth.api_keys.created_at IS 'When the row was made.';
