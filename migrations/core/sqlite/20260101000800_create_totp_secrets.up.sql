CREATE TABLE totp_secrets (
    id BLOB NOT NULL CONSTRAINT ck_totp_secrets_id_type CHECK (length(id) = 16),
    user_id BLOB NOT NULL CONSTRAINT ck_totp_secrets_user_id_type CHECK (length(user_id) = 16),
    label TEXT NOT NULL,
    secret_sealed BLOB NOT NULL,
    key_id TEXT NOT NULL,
    confirmed_at TEXT
        CONSTRAINT ck_totp_secrets_confirmed_at_type CHECK (confirmed_at GLOB '????-??-??T??:??:??*+00:00'),
    last_step INTEGER,
    created_at TEXT NOT NULL
        CONSTRAINT ck_totp_secrets_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_totp_secrets_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_totp_secrets PRIMARY KEY (id),
    CONSTRAINT fk_totp_secrets_users FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT ck_totp_secrets_label CHECK (length(trim(label)) BETWEEN 1 AND 100),
    CONSTRAINT ck_totp_secrets_secret_sealed CHECK (length(secret_sealed) BETWEEN 32 AND 256),
    CONSTRAINT ck_totp_secrets_key_id CHECK (length(key_id) BETWEEN 1 AND 64),
    CONSTRAINT ck_totp_secrets_last_step CHECK (last_step >= 0)
) STRICT;

CREATE UNIQUE INDEX uq_totp_secrets_user_id ON totp_secrets (user_id) WHERE confirmed_at IS NULL;

CREATE INDEX idx_totp_secrets_user_id ON totp_secrets (user_id);

CREATE TRIGGER trg_totp_secrets_updated_at AFTER UPDATE ON totp_secrets FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE totp_secrets SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE id = NEW.id;
END;
