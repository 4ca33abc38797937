-- The store is the tenant, the scope of versions and the leading column of every key below it.
CREATE TABLE catalog.stores (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    tax_mode text NOT NULL,
    rounding text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_stores PRIMARY KEY (id),
    CONSTRAINT uq_stores_code UNIQUE (code),
    CONSTRAINT ck_stores_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_stores_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_stores_currency CHECK (length(currency) = 3),
    CONSTRAINT ck_stores_tax_mode CHECK (tax_mode IN ('incl', 'excl')),
    CONSTRAINT ck_stores_rounding CHECK (rounding IN ('line', 'total')),
    CONSTRAINT ck_stores_version CHECK (version >= 1)
);

CREATE TRIGGER trg_stores_updated_at BEFORE UPDATE ON catalog.stores
    FOR EACH ROW EXECUTE FUNCTION catalog.set_updated_at();

COMMENT ON TABLE catalog.stores IS 'A shop with its own products, stock and tills: the tenant.';
COMMENT ON COLUMN catalog.stores.id IS 'UUIDv7 made by the application, UUIDv5 in seeds.';
COMMENT ON COLUMN catalog.stores.code IS 'Short name people know the store by, unique everywhere.';
COMMENT ON COLUMN catalog.stores.name IS 'Full name of the store.';
COMMENT ON COLUMN catalog.stores.currency IS 'ISO 4217 code of the currency of all prices and sales.';
COMMENT ON COLUMN catalog.stores.tax_mode IS 'Whether prices contain the tax.';
COMMENT ON COLUMN catalog.stores.rounding IS 'Where amounts are rounded.';
COMMENT ON COLUMN catalog.stores.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN catalog.stores.created_at IS 'When the row was made.';
COMMENT ON COLUMN catalog.stores.updated_at IS 'When the row last changed.';

-- No foreign key can reach core, so user_id is a plain column with an index.
CREATE TABLE catalog.store_members (
    store_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_store_members PRIMARY KEY (store_id, user_id),
    CONSTRAINT fk_store_members_stores FOREIGN KEY (store_id) REFERENCES catalog.stores (id) ON DELETE CASCADE,
    CONSTRAINT ck_store_members_role CHECK (role IN ('owner', 'manager', 'cashier', 'viewer')),
    CONSTRAINT ck_store_members_version CHECK (version >= 1)
);

CREATE INDEX idx_store_members_user_id ON catalog.store_members (user_id);
CREATE INDEX idx_store_members_store_id_version_user_id ON catalog.store_members (store_id, version, user_id);

CREATE TRIGGER trg_store_members_updated_at BEFORE UPDATE ON catalog.store_members
    FOR EACH ROW EXECUTE FUNCTION catalog.set_updated_at();

COMMENT ON TABLE catalog.store_members IS 'Who may do what in a store.';
COMMENT ON COLUMN catalog.store_members.store_id IS 'The store.';
COMMENT ON COLUMN catalog.store_members.user_id IS 'The member, a user of core.';
COMMENT ON COLUMN catalog.store_members.role IS 'What the member may do in this store.';
COMMENT ON COLUMN catalog.store_members.version IS
    'Drawn from sync_scopes in the same transaction; serves as ETag and for compare-and-swap.';
COMMENT ON COLUMN catalog.store_members.created_at IS 'When the row was made.';
COMMENT ON COLUMN catalog.store_members.updated_at IS 'When the row last changed.';
