-- Late positions belong to the vehicle that carried the tracker then, so the past is kept. The partial unique index
-- lets a tracker have one open binding at most, however many transactions run at once; the triggers refuse every other
-- overlap.
CREATE TABLE device_bindings (
    vehicle_id BLOB NOT NULL CONSTRAINT ck_device_bindings_vehicle_id_type CHECK (length(vehicle_id) = 16),
    device_id BLOB NOT NULL CONSTRAINT ck_device_bindings_device_id_type CHECK (length(device_id) = 16),
    valid_from TEXT NOT NULL
        CONSTRAINT ck_device_bindings_valid_from_type CHECK (valid_from GLOB '????-??-??T??:??:??*+00:00'),
    valid_to TEXT CONSTRAINT ck_device_bindings_valid_to_type CHECK (valid_to GLOB '????-??-??T??:??:??*+00:00'),
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_device_bindings_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_device_bindings_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_device_bindings PRIMARY KEY (vehicle_id, device_id, valid_from),
    CONSTRAINT fk_device_bindings_vehicles FOREIGN KEY (vehicle_id) REFERENCES vehicles (id) ON DELETE NO ACTION,
    CONSTRAINT fk_device_bindings_devices FOREIGN KEY (device_id) REFERENCES devices (id) ON DELETE NO ACTION,
    CONSTRAINT ck_device_bindings_period CHECK (valid_to > valid_from),
    CONSTRAINT ck_device_bindings_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX uq_device_bindings_device_id ON device_bindings (device_id) WHERE valid_to IS NULL;
CREATE INDEX idx_device_bindings_device_id_valid_from ON device_bindings (device_id, valid_from);

CREATE TRIGGER trg_device_bindings_updated_at AFTER UPDATE ON device_bindings
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE device_bindings SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE vehicle_id = NEW.vehicle_id AND device_id = NEW.device_id AND valid_from = NEW.valid_from;
END;

-- SQLite has one writer, so looking for an overlap and refusing it cannot race.
CREATE TRIGGER trg_device_bindings_no_overlap_insert AFTER INSERT ON device_bindings
FOR EACH ROW WHEN EXISTS (
    SELECT 1 FROM device_bindings AS b
    WHERE b.device_id = NEW.device_id
        AND (b.vehicle_id, b.valid_from) <> (NEW.vehicle_id, NEW.valid_from)
        AND (b.valid_to IS NULL OR b.valid_to > NEW.valid_from)
        AND (NEW.valid_to IS NULL OR NEW.valid_to > b.valid_from)
)
BEGIN
    SELECT RAISE(ABORT, 'trg_device_bindings_no_overlap_insert: the tracker is already bound in this period');
END;

CREATE TRIGGER trg_device_bindings_no_overlap_update AFTER UPDATE OF device_id, valid_from, valid_to ON device_bindings
FOR EACH ROW WHEN EXISTS (
    SELECT 1 FROM device_bindings AS b
    WHERE b.device_id = NEW.device_id
        AND (b.vehicle_id, b.valid_from) <> (NEW.vehicle_id, NEW.valid_from)
        AND (b.valid_to IS NULL OR b.valid_to > NEW.valid_from)
        AND (NEW.valid_to IS NULL OR NEW.valid_to > b.valid_from)
)
BEGIN
    SELECT RAISE(ABORT, 'trg_device_bindings_no_overlap_update: the tracker is already bound in this period');
END;
