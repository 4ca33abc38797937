-- A sale is a fact: it is written once, whole, with its lines and payments, and only its status changes later. Amounts
-- are never negative; kind tells which way the money went.
CREATE TABLE sales (
    store_id BLOB NOT NULL CONSTRAINT ck_sales_store_id_type CHECK (length(store_id) = 16),
    id BLOB NOT NULL CONSTRAINT ck_sales_id_type CHECK (length(id) = 16),
    register_id BLOB NOT NULL CONSTRAINT ck_sales_register_id_type CHECK (length(register_id) = 16),
    epoch INTEGER NOT NULL,
    receipt_no INTEGER NOT NULL,
    shift_id BLOB NOT NULL CONSTRAINT ck_sales_shift_id_type CHECK (length(shift_id) = 16),
    user_id BLOB NOT NULL CONSTRAINT ck_sales_user_id_type CHECK (length(user_id) = 16),
    kind TEXT NOT NULL,
    ref_sale_id BLOB CONSTRAINT ck_sales_ref_sale_id_type CHECK (length(ref_sale_id) = 16),
    subtotal_minor INTEGER NOT NULL,
    tax_minor INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    occurred_at TEXT NOT NULL
        CONSTRAINT ck_sales_occurred_at_type CHECK (occurred_at GLOB '????-??-??T??:??:??*+00:00'),
    received_at TEXT NOT NULL
        CONSTRAINT ck_sales_received_at_type CHECK (received_at GLOB '????-??-??T??:??:??*+00:00'),
    prev_hash BLOB,
    hash BLOB NOT NULL,
    CONSTRAINT pk_sales PRIMARY KEY (store_id, id),
    CONSTRAINT uq_sales_store_id_register_id_receipt_no UNIQUE (store_id, register_id, receipt_no),
    CONSTRAINT fk_sales_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE NO ACTION,
    CONSTRAINT fk_sales_registers FOREIGN KEY (store_id, register_id)
        REFERENCES registers (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT fk_sales_shifts FOREIGN KEY (store_id, shift_id) REFERENCES shifts (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT fk_sales_sales_ref_sale_id FOREIGN KEY (store_id, ref_sale_id)
        REFERENCES sales (store_id, id) ON DELETE NO ACTION,
    CONSTRAINT ck_sales_epoch CHECK (epoch >= 0),
    CONSTRAINT ck_sales_receipt_no CHECK (receipt_no >= 1),
    CONSTRAINT ck_sales_kind CHECK (kind IN ('sale', 'return')),
    CONSTRAINT ck_sales_ref_sale_id CHECK ((kind = 'return') = (ref_sale_id IS NOT NULL)),
    CONSTRAINT ck_sales_amounts
        CHECK (subtotal_minor >= 0 AND tax_minor >= 0 AND total_minor = subtotal_minor + tax_minor),
    CONSTRAINT ck_sales_currency CHECK (length(currency) = 3),
    CONSTRAINT ck_sales_status CHECK (status IN ('completed', 'voided')),
    CONSTRAINT ck_sales_prev_hash CHECK (length(prev_hash) = 32),
    CONSTRAINT ck_sales_hash CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_sales_store_id_shift_id ON sales (store_id, shift_id);
CREATE INDEX idx_sales_store_id_ref_sale_id ON sales (store_id, ref_sale_id);
CREATE INDEX idx_sales_store_id_occurred_at ON sales (store_id, occurred_at);
CREATE INDEX idx_sales_user_id ON sales (user_id);
