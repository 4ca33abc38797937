-- Sales copy the rate they used, so a change here never alters the past.
CREATE TABLE tax_rates (
    store_id BLOB NOT NULL CONSTRAINT ck_tax_rates_store_id_type CHECK (length(store_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_tax_rates_id_type CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    rate_ppm INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_tax_rates_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_tax_rates_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    deleted_at TEXT CONSTRAINT ck_tax_rates_deleted_at_type CHECK (deleted_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_tax_rates PRIMARY KEY (store_id, id),
    CONSTRAINT uq_tax_rates_store_id_code UNIQUE (store_id, code),
    CONSTRAINT fk_tax_rates_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT ck_tax_rates_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_tax_rates_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_tax_rates_rate_ppm CHECK (rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT ck_tax_rates_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_tax_rates_store_id_version_id ON tax_rates (store_id, version, id);

CREATE TRIGGER trg_tax_rates_updated_at AFTER UPDATE ON tax_rates
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE tax_rates SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE store_id = NEW.store_id AND id = NEW.id;
END;
