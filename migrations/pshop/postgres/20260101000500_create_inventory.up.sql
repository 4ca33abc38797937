-- The checks make overselling impossible whatever the program does. No index holds a column that a sale changes, and
-- pages keep room for the new row, so a sale rewrites one page.
CREATE TABLE stock.inventory (
    store_id uuid NOT NULL,
    product_id uuid NOT NULL,
    on_hand bigint NOT NULL,
    reserved bigint NOT NULL,
    leased bigint NOT NULL,
    reorder_at bigint,
    version bigint NOT NULL,
    CONSTRAINT pk_inventory PRIMARY KEY (store_id, product_id),
    CONSTRAINT fk_inventory_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT fk_inventory_products FOREIGN KEY (store_id, product_id)
        REFERENCES catalog.products (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT ck_inventory_on_hand CHECK (on_hand >= 0),
    CONSTRAINT ck_inventory_reserved CHECK (reserved >= 0 AND leased >= 0 AND reserved + leased <= on_hand),
    CONSTRAINT ck_inventory_reorder_at CHECK (reorder_at >= 0),
    CONSTRAINT ck_inventory_version CHECK (version >= 1)
) WITH (fillfactor = 70);

COMMENT ON TABLE stock.inventory IS 'How much of each product is there; always the sum of its stock movements.';
COMMENT ON COLUMN stock.inventory.store_id IS 'The store.';
COMMENT ON COLUMN stock.inventory.product_id IS 'The product.';
COMMENT ON COLUMN stock.inventory.on_hand IS 'Quantity in the store, in thousandths of a unit.';
COMMENT ON COLUMN stock.inventory.reserved IS 'Part of it promised to orders.';
COMMENT ON COLUMN stock.inventory.leased IS 'Part of it lent to tills for selling without a connection.';
COMMENT ON COLUMN stock.inventory.reorder_at IS 'Quantity at which to order more; NULL when nobody watches.';
COMMENT ON COLUMN stock.inventory.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
