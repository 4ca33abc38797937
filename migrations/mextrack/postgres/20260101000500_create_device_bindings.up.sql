-- Late positions belong to the vehicle that carried the tracker then, so the past is kept. The partial unique index
-- lets a tracker have one open binding at most, however many transactions run at once; the triggers refuse every other
-- overlap.
CREATE TABLE fleet.device_bindings (
    vehicle_id uuid NOT NULL,
    device_id uuid NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_device_bindings PRIMARY KEY (vehicle_id, device_id, valid_from),
    CONSTRAINT fk_device_bindings_vehicles FOREIGN KEY (vehicle_id) REFERENCES fleet.vehicles (id) ON DELETE RESTRICT,
    CONSTRAINT fk_device_bindings_devices FOREIGN KEY (device_id) REFERENCES fleet.devices (id) ON DELETE RESTRICT,
    CONSTRAINT ck_device_bindings_period CHECK (valid_to > valid_from),
    CONSTRAINT ck_device_bindings_version CHECK (version >= 1)
);

CREATE UNIQUE INDEX uq_device_bindings_device_id ON fleet.device_bindings (device_id) WHERE valid_to IS NULL;
CREATE INDEX idx_device_bindings_device_id_valid_from ON fleet.device_bindings (device_id, valid_from);

CREATE TRIGGER trg_device_bindings_updated_at BEFORE UPDATE ON fleet.device_bindings
    FOR EACH ROW EXECUTE FUNCTION fleet.set_updated_at();

COMMENT ON TABLE fleet.device_bindings IS 'Which vehicle carried which tracker, and when.';
COMMENT ON COLUMN fleet.device_bindings.vehicle_id IS 'The vehicle that carries the tracker.';
COMMENT ON COLUMN fleet.device_bindings.device_id IS 'The tracker.';
COMMENT ON COLUMN fleet.device_bindings.valid_from IS 'First instant of the binding.';
COMMENT ON COLUMN fleet.device_bindings.valid_to IS 'First instant after the binding; NULL while it lasts.';
COMMENT ON COLUMN fleet.device_bindings.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN fleet.device_bindings.created_at IS 'When the row was made.';
COMMENT ON COLUMN fleet.device_bindings.updated_at IS 'When the row last changed.';

-- Both run after the statement, when all its rows are in place. The tracker's row is locked first, so that of two
-- transactions that bind the same tracker the second one waits and then sees what the first one did.
CREATE FUNCTION fleet.refuse_device_overlap() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = ''
AS $$
BEGIN
    PERFORM 1 FROM fleet.devices AS d WHERE d.id = NEW.device_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM fleet.device_bindings AS b
        WHERE b.device_id = NEW.device_id
            AND (b.vehicle_id, b.valid_from) <> (NEW.vehicle_id, NEW.valid_from)
            AND (b.valid_to IS NULL OR b.valid_to > NEW.valid_from)
            AND (NEW.valid_to IS NULL OR NEW.valid_to > b.valid_from)
    ) THEN
        RAISE EXCEPTION '%: the tracker is already bound in this period', TG_NAME
            USING ERRCODE = 'exclusion_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME,
                CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END;
$$;
REVOKE ALL ON FUNCTION fleet.refuse_device_overlap() FROM PUBLIC;
COMMENT ON FUNCTION fleet.refuse_device_overlap() IS
    'Refuses a binding whose period overlaps another one of the same tracker.';

CREATE TRIGGER trg_device_bindings_no_overlap_insert AFTER INSERT ON fleet.device_bindings
    FOR EACH ROW EXECUTE FUNCTION fleet.refuse_device_overlap();

CREATE TRIGGER trg_device_bindings_no_overlap_update AFTER UPDATE OF device_id, valid_from, valid_to
    ON fleet.device_bindings FOR EACH ROW EXECUTE FUNCTION fleet.refuse_device_overlap();
