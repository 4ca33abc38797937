-- A till has one open shift at most: the partial unique index holds even between two openings at once.
CREATE TABLE sales.shifts (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    register_id uuid NOT NULL,
    number integer NOT NULL,
    opened_by uuid NOT NULL,
    opened_at timestamptz NOT NULL,
    float_minor bigint NOT NULL,
    closed_at timestamptz,
    counted_minor bigint,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_shifts PRIMARY KEY (store_id, id),
    CONSTRAINT uq_shifts_store_id_register_id_number UNIQUE (store_id, register_id, number),
    CONSTRAINT fk_shifts_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT fk_shifts_registers FOREIGN KEY (store_id, register_id)
        REFERENCES sales.registers (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT ck_shifts_number CHECK (number >= 1),
    CONSTRAINT ck_shifts_float_minor CHECK (float_minor >= 0),
    CONSTRAINT ck_shifts_counted_minor CHECK (counted_minor >= 0),
    CONSTRAINT ck_shifts_closed_at CHECK (closed_at >= opened_at),
    CONSTRAINT ck_shifts_closed CHECK ((closed_at IS NULL) = (counted_minor IS NULL)),
    CONSTRAINT ck_shifts_version CHECK (version >= 1)
);

CREATE UNIQUE INDEX uq_shifts_store_id_register_id ON sales.shifts (store_id, register_id) WHERE closed_at IS NULL;
CREATE INDEX idx_shifts_opened_by ON sales.shifts (opened_by);
CREATE INDEX idx_shifts_store_id_version_id ON sales.shifts (store_id, version, id);

CREATE TRIGGER trg_shifts_updated_at BEFORE UPDATE ON sales.shifts
    FOR EACH ROW EXECUTE FUNCTION sales.set_updated_at();

COMMENT ON TABLE sales.shifts IS 'The shifts of a till, from opening to counted close.';
COMMENT ON COLUMN sales.shifts.store_id IS 'The store.';
COMMENT ON COLUMN sales.shifts.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN sales.shifts.register_id IS 'The till.';
COMMENT ON COLUMN sales.shifts.number IS 'Number of the shift on its till, from 1.';
COMMENT ON COLUMN sales.shifts.opened_by IS 'The user of core who opened the shift.';
COMMENT ON COLUMN sales.shifts.opened_at IS 'When the shift began, UTC.';
COMMENT ON COLUMN sales.shifts.float_minor IS 'Cash in the drawer at the start, in minor units.';
COMMENT ON COLUMN sales.shifts.closed_at IS 'When the shift ended, UTC; NULL while it is open.';
COMMENT ON COLUMN sales.shifts.counted_minor IS 'Cash counted at the end, in minor units; NULL while it is open.';
COMMENT ON COLUMN sales.shifts.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN sales.shifts.created_at IS 'When the row was made.';
COMMENT ON COLUMN sales.shifts.updated_at IS 'When the row last changed.';
