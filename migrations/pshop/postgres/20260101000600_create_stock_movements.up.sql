-- The ledger behind the inventory. The unique key makes a repeated booking of the same document line harmless.
CREATE TABLE stock.stock_movements (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    delta bigint NOT NULL,
    ref_id uuid NOT NULL,
    line_no integer NOT NULL,
    reason text NOT NULL,
    unit_cost_minor bigint,
    at timestamptz NOT NULL,
    CONSTRAINT pk_stock_movements PRIMARY KEY (store_id, id),
    CONSTRAINT uq_stock_movements_store_id_ref_id_line_no_reason UNIQUE (store_id, ref_id, line_no, reason),
    CONSTRAINT fk_stock_movements_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_movements_products FOREIGN KEY (store_id, product_id)
        REFERENCES catalog.products (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT ck_stock_movements_delta CHECK (delta <> 0),
    CONSTRAINT ck_stock_movements_line_no CHECK (line_no >= 1),
    CONSTRAINT ck_stock_movements_reason
        CHECK (reason IN ('sale', 'return', 'receive', 'count', 'transfer', 'lease_adj')),
    CONSTRAINT ck_stock_movements_unit_cost_minor CHECK (unit_cost_minor >= 0)
);

CREATE INDEX idx_stock_movements_store_id_product_id_at ON stock.stock_movements (store_id, product_id, at);

COMMENT ON TABLE stock.stock_movements IS 'Every change of stock; append-only.';
COMMENT ON COLUMN stock.stock_movements.store_id IS 'The store.';
COMMENT ON COLUMN stock.stock_movements.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN stock.stock_movements.product_id IS 'The product.';
COMMENT ON COLUMN stock.stock_movements.delta IS
    'Change of the quantity in thousandths of a unit; negative when goods leave.';
COMMENT ON COLUMN stock.stock_movements.ref_id IS 'The document that caused it: the sale, delivery, count or transfer.';
COMMENT ON COLUMN stock.stock_movements.line_no IS 'The line of that document, from 1.';
COMMENT ON COLUMN stock.stock_movements.reason IS 'Why the stock changed.';
COMMENT ON COLUMN stock.stock_movements.unit_cost_minor IS
    'Purchase price of one unit in minor units; NULL when unknown.';
COMMENT ON COLUMN stock.stock_movements.at IS 'When the goods moved, UTC.';

CREATE FUNCTION stock.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path = ''
AS $$
BEGIN
    RAISE EXCEPTION '%: stock movements are never changed or deleted', TG_NAME
        USING ERRCODE = 'restrict_violation', SCHEMA = TG_TABLE_SCHEMA, TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
END;
$$;
REVOKE ALL ON FUNCTION stock.refuse_change() FROM PUBLIC;
COMMENT ON FUNCTION stock.refuse_change() IS 'Refuses every change of a row of an append-only table.';

CREATE TRIGGER trg_stock_movements_append_only_update BEFORE UPDATE ON stock.stock_movements
    FOR EACH ROW EXECUTE FUNCTION stock.refuse_change();
CREATE TRIGGER trg_stock_movements_append_only_delete BEFORE DELETE ON stock.stock_movements
    FOR EACH ROW EXECUTE FUNCTION stock.refuse_change();
