CREATE TABLE apps (
    id BLOB NOT NULL CONSTRAINT ck_apps_id_type CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    audience TEXT NOT NULL,
    redirect_uris TEXT NOT NULL CONSTRAINT ck_apps_redirect_uris_type CHECK (json_valid(redirect_uris)),
    secret_hash BLOB,
    cookie_policy TEXT NOT NULL,
    is_active INTEGER NOT NULL CONSTRAINT ck_apps_is_active_type CHECK (is_active IN (0, 1)),
    created_at TEXT NOT NULL CONSTRAINT ck_apps_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL CONSTRAINT ck_apps_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_apps PRIMARY KEY (id),
    CONSTRAINT uq_apps_code UNIQUE (code),
    CONSTRAINT uq_apps_audience UNIQUE (audience),
    CONSTRAINT ck_apps_code CHECK (
        length(code) BETWEEN 1 AND 64 AND ltrim(code, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''
    ),
    CONSTRAINT ck_apps_name CHECK (length(trim(name)) BETWEEN 1 AND 120),
    CONSTRAINT ck_apps_audience CHECK (length(audience) BETWEEN 1 AND 255),
    CONSTRAINT ck_apps_secret_hash CHECK (length(secret_hash) = 32),
    CONSTRAINT ck_apps_cookie_policy CHECK (cookie_policy IN ('strict', 'lax'))
) STRICT;

CREATE TRIGGER trg_apps_updated_at AFTER UPDATE ON apps FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE apps SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE id = NEW.id;
END;
