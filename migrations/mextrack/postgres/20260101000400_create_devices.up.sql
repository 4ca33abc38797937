-- A tracker proves itself by a token, of which only the hash is kept; trackers of protocols without tokens have none.
CREATE TABLE fleet.devices (
    id uuid NOT NULL,
    fleet_id uuid NOT NULL,
    protocol text NOT NULL,
    external_id text NOT NULL,
    token_hash bytea,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_devices PRIMARY KEY (id),
    CONSTRAINT uq_devices_protocol_external_id UNIQUE (protocol, external_id),
    CONSTRAINT uq_devices_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_devices_fleets FOREIGN KEY (fleet_id) REFERENCES fleet.fleets (id) ON DELETE RESTRICT,
    CONSTRAINT ck_devices_protocol CHECK (protocol IN ('batch', 'osmand', 'owntracks', 'teltonika')),
    CONSTRAINT ck_devices_external_id CHECK (length(external_id) BETWEEN 1 AND 80),
    CONSTRAINT ck_devices_token_hash CHECK (length(token_hash) = 32),
    CONSTRAINT ck_devices_version CHECK (version >= 1)
);

CREATE INDEX idx_devices_fleet_id_version_id ON fleet.devices (fleet_id, version, id);

CREATE TRIGGER trg_devices_updated_at BEFORE UPDATE ON fleet.devices
    FOR EACH ROW EXECUTE FUNCTION fleet.set_updated_at();

COMMENT ON TABLE fleet.devices IS 'The trackers of a fleet.';
COMMENT ON COLUMN fleet.devices.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN fleet.devices.fleet_id IS 'The fleet the tracker belongs to.';
COMMENT ON COLUMN fleet.devices.protocol IS 'The protocol the tracker speaks.';
COMMENT ON COLUMN fleet.devices.external_id IS 'How the tracker names itself, such as its IMEI.';
COMMENT ON COLUMN fleet.devices.token_hash IS 'SHA-256 of the token the tracker sends; NULL when it has none.';
COMMENT ON COLUMN fleet.devices.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN fleet.devices.created_at IS 'When the row was made.';
COMMENT ON COLUMN fleet.devices.updated_at IS 'When the row last changed.';
