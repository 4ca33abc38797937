-- A till has one open shift at most: the partial unique index holds even between two openings at once.
CREATE TABLE shifts (
    store_id BLOB NOT NULL CONSTRAINT ck_shifts_store_id_type CHECK (length(store_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_shifts_id_type CHECK (length(id) = 16),
    register_id BLOB NOT NULL CONSTRAINT ck_shifts_register_id_type CHECK (length(register_id) = 16),
    number INTEGER NOT NULL,
    opened_by BLOB NOT NULL CONSTRAINT ck_shifts_opened_by_type CHECK (length(opened_by) = 16),
    opened_at TEXT NOT NULL CONSTRAINT ck_shifts_opened_at_type CHECK (opened_at GLOB '????-??-??T??:??:??*+00:00'),
    float_minor INTEGER NOT NULL,
    closed_at TEXT CONSTRAINT ck_shifts_closed_at_type CHECK (closed_at GLOB '????-??-??T??:??:??*+00:00'),
    counted_minor INTEGER,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL CONSTRAINT ck_shifts_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL CONSTRAINT ck_shifts_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_shifts PRIMARY KEY (store_id, id),
    CONSTRAINT uq_shifts_store_id_register_id_number UNIQUE (store_id, register_id, number),
    CONSTRAINT fk_shifts_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT fk_shifts_registers FOREIGN KEY (store_id, register_id)
        REFERENCES registers (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT ck_shifts_number CHECK (number >= 1),
    CONSTRAINT ck_shifts_float_minor CHECK (float_minor >= 0),
    CONSTRAINT ck_shifts_counted_minor CHECK (counted_minor >= 0),
    CONSTRAINT ck_shifts_closed_at CHECK (closed_at >= opened_at),
    CONSTRAINT ck_shifts_closed CHECK ((closed_at IS NULL) = (counted_minor IS NULL)),
    CONSTRAINT ck_shifts_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX uq_shifts_store_id_register_id ON shifts (store_id, register_id) WHERE closed_at IS NULL;
CREATE INDEX idx_shifts_opened_by ON shifts (opened_by);
CREATE INDEX idx_shifts_store_id_version_id ON shifts (store_id, version, id);

CREATE TRIGGER trg_shifts_updated_at AFTER UPDATE ON shifts
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE shifts SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE store_id = NEW.store_id AND id = NEW.id;
END;
