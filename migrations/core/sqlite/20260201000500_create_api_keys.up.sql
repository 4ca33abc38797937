CREATE TABLE api_keys (
    id BLOB NOT NULL CONSTRAINT ck_api_keys_id_type CHECK (length(id) = 16),
    user_id BLOB CONSTRAINT ck_api_keys_user_id_type CHECK (length(user_id) = 16),
    service_account_id BLOB CONSTRAINT ck_api_keys_service_account_id_type CHECK (length(service_account_id) = 16),
    app_id BLOB NOT NULL CONSTRAINT ck_api_keys_app_id_type CHECK (length(app_id) = 16),
    name TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    permissions TEXT NOT NULL CONSTRAINT ck_api_keys_permissions_type CHECK (json_valid(permissions)),
    expires_at TEXT CONSTRAINT ck_api_keys_expires_at_type CHECK (expires_at GLOB '????-??-??T??:??:??*+00:00'),
    last_used_at TEXT CONSTRAINT ck_api_keys_last_used_at_type CHECK (last_used_at GLOB '????-??-??T??:??:??*+00:00'),
    revoked_at TEXT CONSTRAINT ck_api_keys_revoked_at_type CHECK (revoked_at GLOB '????-??-??T??:??:??*+00:00'),
    created_at TEXT NOT NULL
        CONSTRAINT ck_api_keys_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_api_keys PRIMARY KEY (id),
    CONSTRAINT fk_api_keys_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT fk_api_keys_service_accounts FOREIGN KEY (service_account_id)
        REFERENCES service_accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_api_keys_apps FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE NO ACTION,
    CONSTRAINT ck_api_keys_owner CHECK ((user_id IS NULL) <> (service_account_id IS NULL)),
    CONSTRAINT ck_api_keys_name CHECK (length(trim(name)) BETWEEN 1 AND 120),
    CONSTRAINT ck_api_keys_secret_hash CHECK (length(secret_hash) = 32),
    CONSTRAINT ck_api_keys_expires_at CHECK (expires_at > created_at)
) STRICT;

CREATE INDEX idx_api_keys_user_id ON api_keys (user_id);

CREATE INDEX idx_api_keys_service_account_id ON api_keys (service_account_id);

CREATE INDEX idx_api_keys_app_id ON api_keys (app_id);
