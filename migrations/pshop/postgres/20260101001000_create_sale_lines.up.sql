-- A line copies name, price and tax rate, so that a receipt can be printed again exactly. What was returned is counted
-- here, guarded by the check.
CREATE TABLE sales.sale_lines (
    store_id uuid NOT NULL,
    sale_id uuid NOT NULL,
    line_no integer NOT NULL,
    product_id uuid NOT NULL,
    name_snapshot text NOT NULL,
    qty_milli bigint NOT NULL,
    unit_minor bigint NOT NULL,
    discount_minor bigint NOT NULL,
    tax_rate_ppm integer NOT NULL,
    tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    returned_qty_milli bigint NOT NULL,
    CONSTRAINT pk_sale_lines PRIMARY KEY (store_id, sale_id, line_no),
    CONSTRAINT fk_sale_lines_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT fk_sale_lines_sales FOREIGN KEY (store_id, sale_id)
        REFERENCES sales.sales (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_sale_lines_products FOREIGN KEY (store_id, product_id)
        REFERENCES catalog.products (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT ck_sale_lines_line_no CHECK (line_no >= 1),
    CONSTRAINT ck_sale_lines_qty_milli CHECK (qty_milli > 0),
    CONSTRAINT ck_sale_lines_unit_minor CHECK (unit_minor >= 0),
    CONSTRAINT ck_sale_lines_discount_minor CHECK (discount_minor >= 0),
    CONSTRAINT ck_sale_lines_tax_rate_ppm CHECK (tax_rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT ck_sale_lines_amounts CHECK (tax_minor >= 0 AND total_minor >= tax_minor),
    CONSTRAINT ck_sale_lines_returned_qty_milli CHECK (returned_qty_milli BETWEEN 0 AND qty_milli)
);

CREATE INDEX idx_sale_lines_store_id_product_id ON sales.sale_lines (store_id, product_id);

COMMENT ON TABLE sales.sale_lines IS 'The lines of sales and returns.';
COMMENT ON COLUMN sales.sale_lines.store_id IS 'The store.';
COMMENT ON COLUMN sales.sale_lines.sale_id IS 'The sale.';
COMMENT ON COLUMN sales.sale_lines.line_no IS 'Number of the line, from 1.';
COMMENT ON COLUMN sales.sale_lines.product_id IS 'The product.';
COMMENT ON COLUMN sales.sale_lines.name_snapshot IS 'Name of the product when it was sold.';
COMMENT ON COLUMN sales.sale_lines.qty_milli IS 'Quantity in thousandths of a unit.';
COMMENT ON COLUMN sales.sale_lines.unit_minor IS 'Price of one unit in minor units, as scanned.';
COMMENT ON COLUMN sales.sale_lines.discount_minor IS 'Discount on the whole line in minor units.';
COMMENT ON COLUMN sales.sale_lines.tax_rate_ppm IS 'Tax rate in parts per million when it was sold.';
COMMENT ON COLUMN sales.sale_lines.tax_minor IS 'Tax of the line in minor units.';
COMMENT ON COLUMN sales.sale_lines.total_minor IS 'Total of the line with tax, in minor units.';
COMMENT ON COLUMN sales.sale_lines.returned_qty_milli IS 'How much of it has come back, in thousandths of a unit.';
