-- One sale may be paid in several ways. The unique provider reference keeps one card payment from being booked twice.
CREATE TABLE payments (
    store_id BLOB NOT NULL CONSTRAINT ck_payments_store_id_type CHECK (length(store_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_payments_id_type CHECK (length(id) = 16),
    sale_id BLOB NOT NULL CONSTRAINT ck_payments_sale_id_type CHECK (length(sale_id) = 16),
    line_no INTEGER NOT NULL,
    method TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    tendered_minor INTEGER NOT NULL,
    change_minor INTEGER NOT NULL,
    provider_ref TEXT,
    CONSTRAINT pk_payments PRIMARY KEY (store_id, id),
    CONSTRAINT uq_payments_store_id_sale_id_line_no UNIQUE (store_id, sale_id, line_no),
    CONSTRAINT uq_payments_store_id_method_provider_ref UNIQUE (store_id, method, provider_ref),
    CONSTRAINT fk_payments_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT fk_payments_sales FOREIGN KEY (store_id, sale_id) REFERENCES sales (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT ck_payments_line_no CHECK (line_no >= 1),
    CONSTRAINT ck_payments_method CHECK (method IN ('cash', 'card', 'voucher', 'transfer')),
    CONSTRAINT ck_payments_amounts
        CHECK (amount_minor > 0 AND change_minor >= 0 AND tendered_minor = amount_minor + change_minor)
) STRICT, WITHOUT ROWID;
