-- A driver need not be able to sign in. The code is kept after deletion, so that reports keep naming the same person.
CREATE TABLE drivers (
    fleet_id BLOB NOT NULL CONSTRAINT ck_drivers_fleet_id_type CHECK (length(fleet_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_drivers_id_type CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    licence_no TEXT,
    licence_expires_on TEXT
        CONSTRAINT ck_drivers_licence_expires_on_type CHECK (licence_expires_on GLOB '????-??-??'),
    user_id BLOB CONSTRAINT ck_drivers_user_id_type CHECK (length(user_id) = 16),
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_drivers_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_drivers_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    deleted_at TEXT CONSTRAINT ck_drivers_deleted_at_type CHECK (deleted_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_drivers PRIMARY KEY (fleet_id, id),
    CONSTRAINT uq_drivers_fleet_id_code UNIQUE (fleet_id, code),
    CONSTRAINT fk_drivers_fleets FOREIGN KEY (fleet_id) REFERENCES fleets (id) ON DELETE NO ACTION,
    CONSTRAINT ck_drivers_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_drivers_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_drivers_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_drivers_user_id ON drivers (user_id);
CREATE INDEX idx_drivers_fleet_id_version_id ON drivers (fleet_id, version, id);

CREATE TRIGGER trg_drivers_updated_at AFTER UPDATE ON drivers
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE drivers SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE fleet_id = NEW.fleet_id AND id = NEW.id;
END;
