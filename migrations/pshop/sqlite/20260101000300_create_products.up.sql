-- A SKU is free again once its product is deleted, hence the partial unique index.
CREATE TABLE products (
    store_id BLOB NOT NULL CONSTRAINT ck_products_store_id_type CHECK (length(store_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_products_id_type CHECK (length(id) = 16),
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT,
    unit TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    cost_minor INTEGER,
    tax_rate_id BLOB NOT NULL CONSTRAINT ck_products_tax_rate_id_type CHECK (length(tax_rate_id) = 16),
    track_stock INTEGER NOT NULL CONSTRAINT ck_products_track_stock_type CHECK (track_stock IN (0, 1)),
    offline_policy TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_products_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_products_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    deleted_at TEXT CONSTRAINT ck_products_deleted_at_type CHECK (deleted_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_products PRIMARY KEY (store_id, id),
    CONSTRAINT fk_products_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT fk_products_tax_rates FOREIGN KEY (store_id, tax_rate_id)
        REFERENCES tax_rates (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT ck_products_sku CHECK (length(sku) BETWEEN 1 AND 64),
    CONSTRAINT ck_products_name CHECK (length(name) BETWEEN 1 AND 200),
    CONSTRAINT ck_products_unit CHECK (unit IN ('piece', 'kilogram', 'litre', 'metre', 'hour')),
    CONSTRAINT ck_products_price_minor CHECK (price_minor >= 0),
    CONSTRAINT ck_products_cost_minor CHECK (cost_minor >= 0),
    CONSTRAINT ck_products_offline_policy CHECK (offline_policy IN ('allow', 'lease', 'deny')),
    CONSTRAINT ck_products_version CHECK (version >= 1)
) STRICT;

CREATE UNIQUE INDEX uq_products_store_id_sku ON products (store_id, sku) WHERE deleted_at IS NULL;
CREATE INDEX idx_products_store_id_tax_rate_id ON products (store_id, tax_rate_id);
CREATE INDEX idx_products_store_id_version_id ON products (store_id, version, id);

CREATE TRIGGER trg_products_updated_at AFTER UPDATE ON products
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE products SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE store_id = NEW.store_id AND id = NEW.id;
END;

-- The index keeps no copy of the texts: it reads them from products by rowid, and the triggers tell it of every change.
-- Once products has new rowids (a rebuild), INSERT INTO products_search (products_search) VALUES ('rebuild') is due.
CREATE VIRTUAL TABLE products_search USING fts5 (
    sku, name, content = 'products', content_rowid = 'rowid', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER trg_products_search_insert AFTER INSERT ON products
FOR EACH ROW
BEGIN
    INSERT INTO products_search (rowid, sku, name) VALUES (NEW.rowid, NEW.sku, NEW.name);
END;

CREATE TRIGGER trg_products_search_update AFTER UPDATE OF sku, name ON products
FOR EACH ROW WHEN NEW.sku IS NOT OLD.sku OR NEW.name IS NOT OLD.name
BEGIN
    INSERT INTO products_search (products_search, rowid, sku, name) VALUES ('delete', OLD.rowid, OLD.sku, OLD.name);
    INSERT INTO products_search (rowid, sku, name) VALUES (NEW.rowid, NEW.sku, NEW.name);
END;

CREATE TRIGGER trg_products_search_delete AFTER DELETE ON products
FOR EACH ROW
BEGIN
    INSERT INTO products_search (products_search, rowid, sku, name) VALUES ('delete', OLD.rowid, OLD.sku, OLD.name);
END;
