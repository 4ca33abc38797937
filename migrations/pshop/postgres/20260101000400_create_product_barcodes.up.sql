-- A product may have several barcodes, such as one of the piece and one of the box.
CREATE TABLE catalog.product_barcodes (
    store_id uuid NOT NULL,
    barcode text NOT NULL,
    product_id uuid NOT NULL,
    pack_qty bigint NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_product_barcodes PRIMARY KEY (store_id, barcode),
    CONSTRAINT fk_product_barcodes_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT fk_product_barcodes_products FOREIGN KEY (store_id, product_id)
        REFERENCES catalog.products (store_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_product_barcodes_barcode CHECK (length(barcode) BETWEEN 1 AND 64),
    CONSTRAINT ck_product_barcodes_pack_qty CHECK (pack_qty > 0),
    CONSTRAINT ck_product_barcodes_version CHECK (version >= 1)
);

CREATE INDEX idx_product_barcodes_store_id_product_id ON catalog.product_barcodes (store_id, product_id);
CREATE INDEX idx_product_barcodes_store_id_version_barcode ON catalog.product_barcodes (store_id, version, barcode);

CREATE TRIGGER trg_product_barcodes_updated_at BEFORE UPDATE ON catalog.product_barcodes
    FOR EACH ROW EXECUTE FUNCTION catalog.set_updated_at();

COMMENT ON TABLE catalog.product_barcodes IS 'The barcodes of products.';
COMMENT ON COLUMN catalog.product_barcodes.store_id IS 'The store.';
COMMENT ON COLUMN catalog.product_barcodes.barcode IS 'The code as the scanner reads it, unique in the store.';
COMMENT ON COLUMN catalog.product_barcodes.product_id IS 'The product it stands for.';
COMMENT ON COLUMN catalog.product_barcodes.pack_qty IS 'Quantity one scan stands for, in thousandths of a unit.';
COMMENT ON COLUMN catalog.product_barcodes.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN catalog.product_barcodes.created_at IS 'When the row was made.';
COMMENT ON COLUMN catalog.product_barcodes.updated_at IS 'When the row last changed.';
