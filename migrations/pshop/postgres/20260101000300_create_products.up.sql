-- A search for cafe has to find café on both engines. The extension unaccent is not immutable, as a generated
-- column demands.
CREATE FUNCTION catalog.fold_accents(value text) RETURNS text
    LANGUAGE sql
    IMMUTABLE
    STRICT
    PARALLEL SAFE
    RETURN translate(
        normalize(regexp_replace(normalize(value, NFD), '[\u0300-\u036f]', '', 'g'), NFC),
        '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~',
        '                                '
    );
COMMENT ON FUNCTION catalog.fold_accents(text) IS
    'Takes accents off letters and makes blanks of signs, so that 1.5 is two words, as it is to SQLite and to searches.';

-- In a BEFORE trigger a generated column is still NULL in NEW, so it is taken out of OLD too before they are compared.
CREATE FUNCTION catalog.set_products_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = ''
AS $$
BEGIN
    OLD.search := NULL;
    IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at AND NEW IS DISTINCT FROM OLD THEN
        NEW.updated_at := pg_catalog.now();
    END IF;
    RETURN NEW;
END;
$$;
REVOKE ALL ON FUNCTION catalog.set_products_updated_at() FROM PUBLIC;
COMMENT ON FUNCTION catalog.set_products_updated_at() IS
    'Fills updated_at of products in when an UPDATE changed the row and left the column as it was.';

-- A SKU is free again once its product is deleted, hence the partial unique index.
CREATE TABLE catalog.products (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    category text,
    unit text NOT NULL,
    price_minor bigint NOT NULL,
    cost_minor bigint,
    tax_rate_id uuid NOT NULL,
    track_stock boolean NOT NULL,
    offline_policy text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    search tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('pg_catalog.simple', catalog.fold_accents(sku)), 'A')
        || setweight(to_tsvector('pg_catalog.simple', catalog.fold_accents(name)), 'B')
    ) STORED,
    CONSTRAINT pk_products PRIMARY KEY (store_id, id),
    CONSTRAINT fk_products_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT fk_products_tax_rates FOREIGN KEY (store_id, tax_rate_id)
        REFERENCES catalog.tax_rates (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT ck_products_sku CHECK (length(sku) BETWEEN 1 AND 64),
    CONSTRAINT ck_products_name CHECK (length(name) BETWEEN 1 AND 200),
    CONSTRAINT ck_products_unit CHECK (unit IN ('piece', 'kilogram', 'litre', 'metre', 'hour')),
    CONSTRAINT ck_products_price_minor CHECK (price_minor >= 0),
    CONSTRAINT ck_products_cost_minor CHECK (cost_minor >= 0),
    CONSTRAINT ck_products_offline_policy CHECK (offline_policy IN ('allow', 'lease', 'deny')),
    CONSTRAINT ck_products_version CHECK (version >= 1)
);

CREATE UNIQUE INDEX uq_products_store_id_sku ON catalog.products (store_id, sku) WHERE deleted_at IS NULL;
CREATE INDEX idx_products_store_id_tax_rate_id ON catalog.products (store_id, tax_rate_id);
CREATE INDEX idx_products_store_id_version_id ON catalog.products (store_id, version, id);
CREATE INDEX idx_products_search ON catalog.products USING gin (search);

CREATE TRIGGER trg_products_updated_at BEFORE UPDATE ON catalog.products
    FOR EACH ROW EXECUTE FUNCTION catalog.set_products_updated_at();

COMMENT ON TABLE catalog.products IS 'What a store sells.';
COMMENT ON COLUMN catalog.products.store_id IS 'The store.';
COMMENT ON COLUMN catalog.products.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN catalog.products.sku IS 'The store''s own article number, unique among products not deleted.';
COMMENT ON COLUMN catalog.products.name IS 'Name as tills and receipts show it.';
COMMENT ON COLUMN catalog.products.category IS 'Group for lists and reports.';
COMMENT ON COLUMN catalog.products.unit IS 'What one unit is; quantities count thousandths of it.';
COMMENT ON COLUMN catalog.products.price_minor IS 'Price of one unit in minor units of the currency of the store.';
COMMENT ON COLUMN catalog.products.cost_minor IS 'Last purchase price of one unit in minor units.';
COMMENT ON COLUMN catalog.products.tax_rate_id IS 'The tax rate that applies.';
COMMENT ON COLUMN catalog.products.track_stock IS 'Whether sales take from the inventory.';
COMMENT ON COLUMN catalog.products.offline_policy IS 'What a till without a connection may do.';
COMMENT ON COLUMN catalog.products.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN catalog.products.created_at IS 'When the row was made.';
COMMENT ON COLUMN catalog.products.updated_at IS 'When the row last changed.';
COMMENT ON COLUMN catalog.products.deleted_at IS 'When the product was removed; NULL while present.';
COMMENT ON COLUMN catalog.products.search IS 'Words of sku and name for full-text search; made by the database.';
