-- A plate is free again once its vehicle is deleted, hence the partial unique index.
CREATE TABLE vehicles (
    id BLOB NOT NULL CONSTRAINT ck_vehicles_id_type CHECK (length(id) = 16),
    fleet_id BLOB NOT NULL CONSTRAINT ck_vehicles_fleet_id_type CHECK (length(fleet_id) = 16),
    user_id BLOB CONSTRAINT ck_vehicles_user_id_type CHECK (length(user_id) = 16),
    plate TEXT NOT NULL,
    vin TEXT,
    make TEXT,
    model TEXT,
    year INTEGER,
    fuel TEXT NOT NULL,
    odometer_offset_m INTEGER NOT NULL,
    status TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_vehicles_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_vehicles_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    deleted_at TEXT CONSTRAINT ck_vehicles_deleted_at_type CHECK (deleted_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_vehicles PRIMARY KEY (id),
    CONSTRAINT fk_vehicles_fleets FOREIGN KEY (fleet_id) REFERENCES fleets (id) ON DELETE NO ACTION,
    CONSTRAINT ck_vehicles_plate CHECK (length(plate) BETWEEN 1 AND 20),
    CONSTRAINT ck_vehicles_vin CHECK (length(vin) BETWEEN 5 AND 17),
    CONSTRAINT ck_vehicles_year CHECK (year BETWEEN 1900 AND 2100),
    CONSTRAINT ck_vehicles_fuel CHECK (fuel IN ('petrol', 'diesel', 'gas', 'hybrid', 'electric', 'other')),
    CONSTRAINT ck_vehicles_status CHECK (status IN ('active', 'maintenance', 'retired')),
    CONSTRAINT ck_vehicles_version CHECK (version >= 1)
) STRICT;

CREATE UNIQUE INDEX uq_vehicles_fleet_id_plate ON vehicles (fleet_id, plate) WHERE deleted_at IS NULL;
CREATE INDEX idx_vehicles_user_id ON vehicles (user_id);
CREATE INDEX idx_vehicles_fleet_id_version_id ON vehicles (fleet_id, version, id);

CREATE TRIGGER trg_vehicles_updated_at AFTER UPDATE ON vehicles
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE vehicles SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE id = NEW.id;
END;
