CREATE TABLE users (
    id BLOB NOT NULL CONSTRAINT ck_users_id_type CHECK (length(id) = 16),
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_norm TEXT NOT NULL,
    email_verified_at TEXT
        CONSTRAINT ck_users_email_verified_at_type CHECK (email_verified_at GLOB '????-??-??T??:??:??*+00:00'),
    phone_e164 TEXT,
    phone_verified_at TEXT
        CONSTRAINT ck_users_phone_verified_at_type CHECK (phone_verified_at GLOB '????-??-??T??:??:??*+00:00'),
    status TEXT NOT NULL,
    token_epoch INTEGER NOT NULL,
    cred_gen INTEGER NOT NULL,
    last_login_at TEXT CONSTRAINT ck_users_last_login_at_type CHECK (last_login_at GLOB '????-??-??T??:??:??*+00:00'),
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL CONSTRAINT ck_users_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL CONSTRAINT ck_users_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    deleted_at TEXT CONSTRAINT ck_users_deleted_at_type CHECK (deleted_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email_norm UNIQUE (email_norm),
    CONSTRAINT uq_users_phone_e164 UNIQUE (phone_e164),
    CONSTRAINT ck_users_name CHECK (length(trim(name)) BETWEEN 1 AND 200),
    CONSTRAINT ck_users_email CHECK (length(email) BETWEEN 3 AND 254 AND email LIKE '%_@_%'),
    CONSTRAINT ck_users_email_norm CHECK (length(email_norm) BETWEEN 3 AND 254 AND email_norm LIKE '%_@_%'),
    CONSTRAINT ck_users_phone_e164 CHECK (
        length(phone_e164) BETWEEN 8 AND 16 AND substr(phone_e164, 1, 1) = '+'
        AND ltrim(substr(phone_e164, 2), '0123456789') = ''
    ),
    CONSTRAINT ck_users_phone_verified_at CHECK (phone_verified_at IS NULL OR phone_e164 IS NOT NULL),
    CONSTRAINT ck_users_status CHECK (status IN ('active', 'disabled', 'erasing', 'erased')),
    CONSTRAINT ck_users_token_epoch CHECK (token_epoch >= 0),
    CONSTRAINT ck_users_cred_gen CHECK (cred_gen >= 0),
    CONSTRAINT ck_users_version CHECK (version >= 1),
    CONSTRAINT ck_users_deleted_at CHECK ((status = 'erased') = (deleted_at IS NOT NULL))
) STRICT;

CREATE TRIGGER trg_users_updated_at AFTER UPDATE ON users FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE users SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE id = NEW.id;
END;
