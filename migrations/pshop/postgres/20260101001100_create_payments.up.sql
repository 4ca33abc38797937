-- One sale may be paid in several ways. The unique provider reference keeps one card payment from being booked twice.
CREATE TABLE sales.payments (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    sale_id uuid NOT NULL,
    line_no integer NOT NULL,
    method text NOT NULL,
    amount_minor bigint NOT NULL,
    tendered_minor bigint NOT NULL,
    change_minor bigint NOT NULL,
    provider_ref text,
    CONSTRAINT pk_payments PRIMARY KEY (store_id, id),
    CONSTRAINT uq_payments_store_id_sale_id_line_no UNIQUE (store_id, sale_id, line_no),
    CONSTRAINT uq_payments_store_id_method_provider_ref UNIQUE (store_id, method, provider_ref),
    CONSTRAINT fk_payments_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT fk_payments_sales FOREIGN KEY (store_id, sale_id)
        REFERENCES sales.sales (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT ck_payments_line_no CHECK (line_no >= 1),
    CONSTRAINT ck_payments_method CHECK (method IN ('cash', 'card', 'voucher', 'transfer')),
    CONSTRAINT ck_payments_amounts
        CHECK (amount_minor > 0 AND change_minor >= 0 AND tendered_minor = amount_minor + change_minor)
);

COMMENT ON TABLE sales.payments IS 'How sales were paid, and returns paid out.';
COMMENT ON COLUMN sales.payments.store_id IS 'The store.';
COMMENT ON COLUMN sales.payments.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN sales.payments.sale_id IS 'The sale.';
COMMENT ON COLUMN sales.payments.line_no IS 'Number of the payment within the sale, from 1.';
COMMENT ON COLUMN sales.payments.method IS 'How it was paid.';
COMMENT ON COLUMN sales.payments.amount_minor IS 'Part of the total that it settles, in minor units.';
COMMENT ON COLUMN sales.payments.tendered_minor IS
    'What was handed over, in minor units; the amount itself unless cash.';
COMMENT ON COLUMN sales.payments.change_minor IS 'What was given back, in minor units.';
COMMENT ON COLUMN sales.payments.provider_ref IS 'The payment provider''s reference; NULL for cash.';
