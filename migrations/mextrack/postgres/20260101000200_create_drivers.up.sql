-- A driver need not be able to sign in. The code is kept after deletion, so that reports keep naming the same person.
CREATE TABLE fleet.drivers (
    fleet_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    phone text,
    licence_no text,
    licence_expires_on date,
    user_id uuid,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_drivers PRIMARY KEY (fleet_id, id),
    CONSTRAINT uq_drivers_fleet_id_code UNIQUE (fleet_id, code),
    CONSTRAINT fk_drivers_fleets FOREIGN KEY (fleet_id) REFERENCES fleet.fleets (id) ON DELETE RESTRICT,
    CONSTRAINT ck_drivers_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_drivers_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_drivers_version CHECK (version >= 1)
);

CREATE INDEX idx_drivers_user_id ON fleet.drivers (user_id);
CREATE INDEX idx_drivers_fleet_id_version_id ON fleet.drivers (fleet_id, version, id);

CREATE TRIGGER trg_drivers_updated_at BEFORE UPDATE ON fleet.drivers
    FOR EACH ROW EXECUTE FUNCTION fleet.set_updated_at();

COMMENT ON TABLE fleet.drivers IS 'People who drive the vehicles of a fleet.';
COMMENT ON COLUMN fleet.drivers.fleet_id IS 'The fleet.';
COMMENT ON COLUMN fleet.drivers.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN fleet.drivers.code IS 'Personnel number or the like, unique in the fleet.';
COMMENT ON COLUMN fleet.drivers.name IS 'Name as it is shown.';
COMMENT ON COLUMN fleet.drivers.phone IS 'Telephone number, for the dispatcher.';
COMMENT ON COLUMN fleet.drivers.licence_no IS 'Number of the driving licence.';
COMMENT ON COLUMN fleet.drivers.licence_expires_on IS 'Last day on which the licence is valid.';
COMMENT ON COLUMN fleet.drivers.user_id IS 'The user of core who is this driver; NULL for one who does not sign in.';
COMMENT ON COLUMN fleet.drivers.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN fleet.drivers.created_at IS 'When the row was made.';
COMMENT ON COLUMN fleet.drivers.updated_at IS 'When the row last changed.';
COMMENT ON COLUMN fleet.drivers.deleted_at IS 'When the driver was removed; NULL while present.';
