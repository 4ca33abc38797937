-- The checks make overselling impossible whatever the program does. No index holds a column that a sale changes, and
-- pages keep room for the new row, so a sale rewrites one page.
CREATE TABLE inventory (
    store_id BLOB NOT NULL CONSTRAINT ck_inventory_store_id_type CHECK (length(store_id) = 16),
    product_id BLOB NOT NULL CONSTRAINT ck_inventory_product_id_type CHECK (length(product_id) = 16),
    on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    leased INTEGER NOT NULL,
    reorder_at INTEGER,
    version INTEGER NOT NULL,
    CONSTRAINT pk_inventory PRIMARY KEY (store_id, product_id),
    CONSTRAINT fk_inventory_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT fk_inventory_products FOREIGN KEY (store_id, product_id)
        REFERENCES products (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT ck_inventory_on_hand CHECK (on_hand >= 0),
    CONSTRAINT ck_inventory_reserved CHECK (reserved >= 0 AND leased >= 0 AND reserved + leased <= on_hand),
    CONSTRAINT ck_inventory_reorder_at CHECK (reorder_at >= 0),
    CONSTRAINT ck_inventory_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;
