-- A tracker proves itself by a token, of which only the hash is kept; trackers of protocols without tokens have none.
CREATE TABLE devices (
    id BLOB NOT NULL CONSTRAINT ck_devices_id_type CHECK (length(id) = 16),
    fleet_id BLOB NOT NULL CONSTRAINT ck_devices_fleet_id_type CHECK (length(fleet_id) = 16),
    protocol TEXT NOT NULL,
    external_id TEXT NOT NULL,
    token_hash BLOB,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_devices_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_devices_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_devices PRIMARY KEY (id),
    CONSTRAINT uq_devices_protocol_external_id UNIQUE (protocol, external_id),
    CONSTRAINT uq_devices_token_hash UNIQUE (token_hash),
    CONSTRAINT fk_devices_fleets FOREIGN KEY (fleet_id) REFERENCES fleets (id) ON DELETE NO ACTION,
    CONSTRAINT ck_devices_protocol CHECK (protocol IN ('batch', 'osmand', 'owntracks', 'teltonika')),
    CONSTRAINT ck_devices_external_id CHECK (length(external_id) BETWEEN 1 AND 80),
    CONSTRAINT ck_devices_token_hash CHECK (length(token_hash) = 32),
    CONSTRAINT ck_devices_version CHECK (version >= 1)
) STRICT;

CREATE INDEX idx_devices_fleet_id_version_id ON devices (fleet_id, version, id);

CREATE TRIGGER trg_devices_updated_at AFTER UPDATE ON devices
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE devices SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE id = NEW.id;
END;
