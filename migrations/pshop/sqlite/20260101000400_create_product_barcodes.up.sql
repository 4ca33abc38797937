-- A product may have several barcodes, such as one of the piece and one of the box.
CREATE TABLE product_barcodes (
    store_id BLOB NOT NULL CONSTRAINT ck_product_barcodes_store_id_type CHECK (length(store_id) = 16),
    barcode TEXT NOT NULL,
    product_id BLOB NOT NULL CONSTRAINT ck_product_barcodes_product_id_type CHECK (length(product_id) = 16),
    pack_qty INTEGER NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_product_barcodes_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_product_barcodes_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_product_barcodes PRIMARY KEY (store_id, barcode),
    CONSTRAINT fk_product_barcodes_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT fk_product_barcodes_products FOREIGN KEY (store_id, product_id)
        REFERENCES products (store_id, id) ON DELETE CASCADE,
    CONSTRAINT ck_product_barcodes_barcode CHECK (length(barcode) BETWEEN 1 AND 64),
    CONSTRAINT ck_product_barcodes_pack_qty CHECK (pack_qty > 0),
    CONSTRAINT ck_product_barcodes_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_product_barcodes_store_id_product_id ON product_barcodes (store_id, product_id);
CREATE INDEX idx_product_barcodes_store_id_version_barcode ON product_barcodes (store_id, version, barcode);

CREATE TRIGGER trg_product_barcodes_updated_at AFTER UPDATE ON product_barcodes
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE product_barcodes SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE store_id = NEW.store_id AND barcode = NEW.barcode;
END;
