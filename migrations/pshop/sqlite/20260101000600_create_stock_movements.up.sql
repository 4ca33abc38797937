-- The ledger behind the inventory. The unique key makes a repeated booking of the same document line harmless.
CREATE TABLE stock_movements (
    store_id BLOB NOT NULL CONSTRAINT ck_stock_movements_store_id_type CHECK (length(store_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_stock_movements_id_type CHECK (length(id) = 16),
    product_id BLOB NOT NULL CONSTRAINT ck_stock_movements_product_id_type CHECK (length(product_id) = 16),
    delta INTEGER NOT NULL,
    ref_id BLOB NOT NULL CONSTRAINT ck_stock_movements_ref_id_type CHECK (length(ref_id) = 16),
    line_no INTEGER NOT NULL,
    reason TEXT NOT NULL,
    unit_cost_minor INTEGER,
    at TEXT NOT NULL CONSTRAINT ck_stock_movements_at_type CHECK (at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_stock_movements PRIMARY KEY (store_id, id),
    CONSTRAINT uq_stock_movements_store_id_ref_id_line_no_reason UNIQUE (store_id, ref_id, line_no, reason),
    CONSTRAINT fk_stock_movements_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT fk_stock_movements_products FOREIGN KEY (store_id, product_id)
        REFERENCES products (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT ck_stock_movements_delta CHECK (delta <> 0),
    CONSTRAINT ck_stock_movements_line_no CHECK (line_no >= 1),
    CONSTRAINT ck_stock_movements_reason
        CHECK (reason IN ('sale', 'return', 'receive', 'count', 'transfer', 'lease_adj')),
    CONSTRAINT ck_stock_movements_unit_cost_minor CHECK (unit_cost_minor >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_stock_movements_store_id_product_id_at ON stock_movements (store_id, product_id, at);

CREATE TRIGGER trg_stock_movements_append_only_update BEFORE UPDATE ON stock_movements
FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'trg_stock_movements_append_only_update: stock movements are never changed or deleted');
END;

CREATE TRIGGER trg_stock_movements_append_only_delete BEFORE DELETE ON stock_movements
FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'trg_stock_movements_append_only_delete: stock movements are never changed or deleted');
END;
