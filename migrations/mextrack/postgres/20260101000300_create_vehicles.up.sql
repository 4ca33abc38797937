-- A plate is free again once its vehicle is deleted, hence the partial unique index.
CREATE TABLE fleet.vehicles (
    id uuid NOT NULL,
    fleet_id uuid NOT NULL,
    user_id uuid,
    plate text NOT NULL,
    vin text,
    make text,
    model text,
    year integer,
    fuel text NOT NULL,
    odometer_offset_m bigint NOT NULL,
    status text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_vehicles PRIMARY KEY (id),
    CONSTRAINT fk_vehicles_fleets FOREIGN KEY (fleet_id) REFERENCES fleet.fleets (id) ON DELETE RESTRICT,
    CONSTRAINT ck_vehicles_plate CHECK (length(plate) BETWEEN 1 AND 20),
    CONSTRAINT ck_vehicles_vin CHECK (length(vin) BETWEEN 5 AND 17),
    CONSTRAINT ck_vehicles_year CHECK (year BETWEEN 1900 AND 2100),
    CONSTRAINT ck_vehicles_fuel CHECK (fuel IN ('petrol', 'diesel', 'gas', 'hybrid', 'electric', 'other')),
    CONSTRAINT ck_vehicles_status CHECK (status IN ('active', 'maintenance', 'retired')),
    CONSTRAINT ck_vehicles_version CHECK (version >= 1)
);

CREATE UNIQUE INDEX uq_vehicles_fleet_id_plate ON fleet.vehicles (fleet_id, plate) WHERE deleted_at IS NULL;
CREATE INDEX idx_vehicles_user_id ON fleet.vehicles (user_id);
CREATE INDEX idx_vehicles_fleet_id_version_id ON fleet.vehicles (fleet_id, version, id);

CREATE TRIGGER trg_vehicles_updated_at BEFORE UPDATE ON fleet.vehicles
    FOR EACH ROW EXECUTE FUNCTION fleet.set_updated_at();

COMMENT ON TABLE fleet.vehicles IS 'The vehicles of a fleet.';
COMMENT ON COLUMN fleet.vehicles.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN fleet.vehicles.fleet_id IS 'The fleet the vehicle belongs to.';
COMMENT ON COLUMN fleet.vehicles.user_id IS 'The user of core who answers for the vehicle; NULL when nobody does.';
COMMENT ON COLUMN fleet.vehicles.plate IS 'Number plate, unique in the fleet among vehicles not deleted.';
COMMENT ON COLUMN fleet.vehicles.vin IS 'Vehicle identification number.';
COMMENT ON COLUMN fleet.vehicles.make IS 'Manufacturer.';
COMMENT ON COLUMN fleet.vehicles.model IS 'Model as the manufacturer names it.';
COMMENT ON COLUMN fleet.vehicles.year IS 'Model year.';
COMMENT ON COLUMN fleet.vehicles.fuel IS 'What the vehicle runs on.';
COMMENT ON COLUMN fleet.vehicles.odometer_offset_m IS
    'Metres to add to the tracked distance to get what the dashboard shows.';
COMMENT ON COLUMN fleet.vehicles.status IS 'Whether the vehicle is in use.';
COMMENT ON COLUMN fleet.vehicles.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN fleet.vehicles.created_at IS 'When the row was made.';
COMMENT ON COLUMN fleet.vehicles.updated_at IS 'When the row last changed.';
COMMENT ON COLUMN fleet.vehicles.deleted_at IS 'When the vehicle was removed; NULL while present.';
