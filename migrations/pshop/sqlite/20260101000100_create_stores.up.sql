-- The store is the tenant, the scope of versions and the leading column of every key below it.
CREATE TABLE stores (
    id BLOB NOT NULL CONSTRAINT ck_stores_id_type CHECK (length(id) = 16),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    tax_mode TEXT NOT NULL,
    rounding TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL CONSTRAINT ck_stores_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL CONSTRAINT ck_stores_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_stores PRIMARY KEY (id),
    CONSTRAINT uq_stores_code UNIQUE (code),
    CONSTRAINT ck_stores_code CHECK (length(code) BETWEEN 1 AND 40),
    CONSTRAINT ck_stores_name CHECK (length(name) BETWEEN 1 AND 140),
    CONSTRAINT ck_stores_currency CHECK (length(currency) = 3),
    CONSTRAINT ck_stores_tax_mode CHECK (tax_mode IN ('incl', 'excl')),
    CONSTRAINT ck_stores_rounding CHECK (rounding IN ('line', 'total')),
    CONSTRAINT ck_stores_version CHECK (version >= 1)
) STRICT;

CREATE TRIGGER trg_stores_updated_at AFTER UPDATE ON stores
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE stores SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE id = NEW.id;
END;

-- No foreign key can reach core, so user_id is a plain column with an index.
CREATE TABLE store_members (
    store_id BLOB NOT NULL CONSTRAINT ck_store_members_store_id_type CHECK (length(store_id) = 16),
    user_id BLOB NOT NULL CONSTRAINT ck_store_members_user_id_type CHECK (length(user_id) = 16),
    role TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_store_members_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_store_members_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_store_members PRIMARY KEY (store_id, user_id),
    CONSTRAINT fk_store_members_stores FOREIGN KEY (store_id) REFERENCES stores (id) ON DELETE CASCADE,
    CONSTRAINT ck_store_members_role CHECK (role IN ('owner', 'manager', 'cashier', 'viewer')),
    CONSTRAINT ck_store_members_version CHECK (version >= 1)
) STRICT, WITHOUT ROWID;

CREATE INDEX idx_store_members_user_id ON store_members (user_id);
CREATE INDEX idx_store_members_store_id_version_user_id ON store_members (store_id, version, user_id);

CREATE TRIGGER trg_store_members_updated_at AFTER UPDATE ON store_members
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE store_members SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE store_id = NEW.store_id AND user_id = NEW.user_id;
END;
