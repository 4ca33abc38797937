CREATE TABLE service_accounts (
    id BLOB NOT NULL CONSTRAINT ck_service_accounts_id_type CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    app_id BLOB CONSTRAINT ck_service_accounts_app_id_type CHECK (length(app_id) = 16),
    permissions TEXT NOT NULL CONSTRAINT ck_service_accounts_permissions_type CHECK (json_valid(permissions)),
    disabled_at TEXT
        CONSTRAINT ck_service_accounts_disabled_at_type CHECK (disabled_at GLOB '????-??-??T??:??:??*+00:00'),
    created_at TEXT NOT NULL
        CONSTRAINT ck_service_accounts_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_service_accounts_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_service_accounts PRIMARY KEY (id),
    CONSTRAINT fk_service_accounts_apps FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE NO ACTION,
    CONSTRAINT uq_service_accounts_code UNIQUE (code),
    CONSTRAINT ck_service_accounts_code CHECK (
        length(code) BETWEEN 1 AND 64 AND ltrim(code, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''
    ),
    CONSTRAINT ck_service_accounts_name CHECK (length(trim(name)) BETWEEN 1 AND 120)
) STRICT;

CREATE INDEX idx_service_accounts_app_id ON service_accounts (app_id);

CREATE TRIGGER trg_service_accounts_updated_at AFTER UPDATE ON service_accounts FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE service_accounts SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE id = NEW.id;
END;
