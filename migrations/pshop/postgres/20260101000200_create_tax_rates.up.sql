-- Sales copy the rate they used, so a change here never alters the past.
CREATE TABLE catalog.tax_rates (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    rate_ppm integer NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT pk_tax_rates PRIMARY KEY (store_id, id),
    CONSTRAINT uq_tax_rates_store_id_code UNIQUE (store_id, code),
    CONSTRAINT fk_tax_rates_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT ck_tax_rates_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_tax_rates_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_tax_rates_rate_ppm CHECK (rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT ck_tax_rates_version CHECK (version >= 1)
);

CREATE INDEX idx_tax_rates_store_id_version_id ON catalog.tax_rates (store_id, version, id);

CREATE TRIGGER trg_tax_rates_updated_at BEFORE UPDATE ON catalog.tax_rates
    FOR EACH ROW EXECUTE FUNCTION catalog.set_updated_at();

COMMENT ON TABLE catalog.tax_rates IS 'The tax rates a store applies.';
COMMENT ON COLUMN catalog.tax_rates.store_id IS 'The store.';
COMMENT ON COLUMN catalog.tax_rates.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN catalog.tax_rates.code IS 'Short name of the rate, unique in the store.';
COMMENT ON COLUMN catalog.tax_rates.name IS 'The rate as receipts name it.';
COMMENT ON COLUMN catalog.tax_rates.rate_ppm IS 'The rate in parts per million: 190000 is 19 percent.';
COMMENT ON COLUMN catalog.tax_rates.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN catalog.tax_rates.created_at IS 'When the row was made.';
COMMENT ON COLUMN catalog.tax_rates.updated_at IS 'When the row last changed.';
COMMENT ON COLUMN catalog.tax_rates.deleted_at IS 'When the rate was removed; NULL while present.';
