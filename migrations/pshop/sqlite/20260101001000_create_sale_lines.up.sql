-- A line copies name, price and tax rate, so that a receipt can be printed again exactly. What was returned is counted
-- here, guarded by the check.
CREATE TABLE sale_lines (
    store_id BLOB NOT NULL CONSTRAINT ck_sale_lines_store_id_type CHECK (length(store_id) = 16),
    sale_id BLOB NOT NULL CONSTRAINT ck_sale_lines_sale_id_type CHECK (length(sale_id) = 16),
    line_no INTEGER NOT NULL,
    product_id BLOB NOT NULL CONSTRAINT ck_sale_lines_product_id_type CHECK (length(product_id) = 16),
    name_snapshot TEXT NOT NULL,
    qty_milli INTEGER NOT NULL,
    unit_minor INTEGER NOT NULL,
    discount_minor INTEGER NOT NULL,
    tax_rate_ppm INTEGER NOT NULL,
    tax_minor INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    returned_qty_milli INTEGER NOT NULL,
    CONSTRAINT pk_sale_lines PRIMARY KEY (store_id, sale_id, line_no),
    CONSTRAINT fk_sale_lines_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT fk_sale_lines_sales FOREIGN KEY (store_id, sale_id) REFERENCES sales (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT fk_sale_lines_products FOREIGN KEY (store_id, product_id)
        REFERENCES products (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT ck_sale_lines_line_no CHECK (line_no >= 1),
    CONSTRAINT ck_sale_lines_qty_milli CHECK (qty_milli > 0),
    CONSTRAINT ck_sale_lines_unit_minor CHECK (unit_minor >= 0),
    CONSTRAINT ck_sale_lines_discount_minor CHECK (discount_minor >= 0),
    CONSTRAINT ck_sale_lines_tax_rate_ppm CHECK (tax_rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT ck_sale_lines_amounts CHECK (tax_minor >= 0 AND total_minor >= tax_minor),
    CONSTRAINT ck_sale_lines_returned_qty_milli CHECK (returned_qty_milli BETWEEN 0 AND qty_milli)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_sale_lines_store_id_product_id ON sale_lines (store_id, product_id);
