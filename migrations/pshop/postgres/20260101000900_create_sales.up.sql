-- A sale is a fact: it is written once, whole, with its lines and payments, and only its status changes later. Amounts
-- are never negative; kind tells which way the money went.
CREATE TABLE sales.sales (
    store_id uuid NOT NULL,
    id uuid NOT NULL,
    register_id uuid NOT NULL,
    epoch bigint NOT NULL,
    receipt_no bigint NOT NULL,
    shift_id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    ref_sale_id uuid,
    subtotal_minor bigint NOT NULL,
    tax_minor bigint NOT NULL,
    total_minor bigint NOT NULL,
    currency text NOT NULL,
    status text NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    prev_hash bytea,
    hash bytea NOT NULL,
    CONSTRAINT pk_sales PRIMARY KEY (store_id, id),
    CONSTRAINT uq_sales_store_id_register_id_receipt_no UNIQUE (store_id, register_id, receipt_no),
    CONSTRAINT fk_sales_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE RESTRICT,
    CONSTRAINT fk_sales_registers FOREIGN KEY (store_id, register_id)
        REFERENCES sales.registers (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_sales_shifts FOREIGN KEY (store_id, shift_id)
        REFERENCES sales.shifts (store_id, id) ON DELETE RESTRICT,
    CONSTRAINT fk_sales_sales_ref_sale_id FOREIGN KEY (store_id, ref_sale_id)
        REFERENCES sales.sales (store_id, id) ON DELETE RESTRICT,
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
);

CREATE INDEX idx_sales_store_id_shift_id ON sales.sales (store_id, shift_id);
CREATE INDEX idx_sales_store_id_ref_sale_id ON sales.sales (store_id, ref_sale_id);
CREATE INDEX idx_sales_store_id_occurred_at ON sales.sales (store_id, occurred_at);
CREATE INDEX idx_sales_user_id ON sales.sales (user_id);

COMMENT ON TABLE sales.sales IS 'Sales and returns.';
COMMENT ON COLUMN sales.sales.store_id IS 'The store.';
COMMENT ON COLUMN sales.sales.id IS
    'UUIDv7 made by the till, so that a repeated upload is recognised; UUIDv5 in seeds.';
COMMENT ON COLUMN sales.sales.register_id IS 'The till.';
COMMENT ON COLUMN sales.sales.epoch IS 'Epoch of the till when the receipt number was taken.';
COMMENT ON COLUMN sales.sales.receipt_no IS 'Receipt number, without gaps per till, from 1.';
COMMENT ON COLUMN sales.sales.shift_id IS 'The shift the sale belongs to.';
COMMENT ON COLUMN sales.sales.user_id IS 'The user of core who sold.';
COMMENT ON COLUMN sales.sales.kind IS 'Whether goods left or came back.';
COMMENT ON COLUMN sales.sales.ref_sale_id IS 'The sale that a return takes back; NULL for a sale.';
COMMENT ON COLUMN sales.sales.subtotal_minor IS 'Sum of the lines without tax, in minor units.';
COMMENT ON COLUMN sales.sales.tax_minor IS 'Tax in minor units.';
COMMENT ON COLUMN sales.sales.total_minor IS 'Sum of the lines with tax, in minor units.';
COMMENT ON COLUMN sales.sales.currency IS 'ISO 4217 code of the currency.';
COMMENT ON COLUMN sales.sales.status IS 'Whether the sale stands.';
COMMENT ON COLUMN sales.sales.occurred_at IS 'When the sale took place, by the clock of the till, UTC.';
COMMENT ON COLUMN sales.sales.received_at IS 'When the sale was stored here, UTC.';
COMMENT ON COLUMN sales.sales.prev_hash IS 'Hash of the sale before it on the same till; NULL for the first.';
COMMENT ON COLUMN sales.sales.hash IS 'SHA-256 over prev_hash and this sale; shows later changes.';
