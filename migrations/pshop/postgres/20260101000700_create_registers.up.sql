-- Receipt numbers run per till without gaps. The epoch grows with each lease, so a device that lost its lease cannot
-- use up numbers of the one that holds it.
CREATE TABLE sales.registers (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    lease_holder uuid,
    epoch bigint NOT NULL,
    last_receipt_no bigint NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_registers PRIMARY KEY (store_id, id),
    CONSTRAINT uq_registers_store_id_code UNIQUE (store_id, code),
    CONSTRAINT fk_registers_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT ck_registers_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_registers_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_registers_epoch CHECK (epoch >= 0),
    CONSTRAINT ck_registers_last_receipt_no CHECK (last_receipt_no >= 0),
    CONSTRAINT ck_registers_version CHECK (version >= 1)
) WITH (fillfactor = 70);

CREATE INDEX idx_registers_store_id_version_id ON sales.registers (store_id, version, id);

CREATE TRIGGER trg_registers_updated_at BEFORE UPDATE ON sales.registers
    FOR EACH ROW EXECUTE FUNCTION sales.set_updated_at();

COMMENT ON TABLE sales.registers IS 'The tills of a store.';
COMMENT ON COLUMN sales.registers.store_id IS 'The store.';
COMMENT ON COLUMN sales.registers.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN sales.registers.code IS 'Short name of the till, unique in the store.';
COMMENT ON COLUMN sales.registers.name IS 'Name as receipts show it.';
COMMENT ON COLUMN sales.registers.lease_holder IS 'The device that sells as this till now; NULL when none does.';
COMMENT ON COLUMN sales.registers.epoch IS 'Grows whenever the till passes to another device.';
COMMENT ON COLUMN sales.registers.last_receipt_no IS 'The last receipt number given out; 0 before the first.';
COMMENT ON COLUMN sales.registers.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN sales.registers.created_at IS 'When the row was made.';
COMMENT ON COLUMN sales.registers.updated_at IS 'When the row last changed.';
