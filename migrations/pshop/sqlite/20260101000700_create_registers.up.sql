-- Receipt numbers run per till without gaps. The epoch grows with each lease, so a device that lost its lease cannot
-- use up numbers of the one that holds it.
CREATE TABLE registers (
    store_id BLOB NOT NULL CONSTRAINT ck_registers_store_id_type CHECK (length(store_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_registers_id_type CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    lease_holder BLOB CONSTRAINT ck_registers_lease_holder_type CHECK (length(lease_holder) = 16),
    epoch INTEGER NOT NULL,
    last_receipt_no INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_registers_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_registers_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_registers PRIMARY KEY (store_id, id),
    CONSTRAINT uq_registers_store_id_code UNIQUE (store_id, code),
    CONSTRAINT fk_registers_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT ck_registers_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_registers_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_registers_epoch CHECK (epoch >= 0),
    CONSTRAINT ck_registers_last_receipt_no CHECK (last_receipt_no >= 0),
    CONSTRAINT ck_registers_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_registers_store_id_version_id ON registers (store_id, version, id);

CREATE TRIGGER trg_registers_updated_at AFTER UPDATE ON registers
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE registers SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE store_id = NEW.store_id AND id = NEW.id;
END;
