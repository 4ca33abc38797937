CREATE TABLE items (
    id BLOB NOT NULL CONSTRAINT ck_items_id_type CHECK (length(id) = 16),
    owner_id BLOB NOT NULL CONSTRAINT ck_items_owner_id_type CHECK (length(owner_id) = 16),
    category_id BLOB NOT NULL CONSTRAINT ck_items_category_id_type CHECK (length(category_id) = 16),
    location_id BLOB CONSTRAINT ck_items_location_id_type CHECK (length(location_id) = 16),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    buyer_id BLOB CONSTRAINT ck_items_buyer_id_type CHECK (length(buyer_id) = 16),
    client_ref TEXT,
    published_at TEXT CONSTRAINT ck_items_published_at_type CHECK (published_at GLOB '????-??-??T??:??:??*+00:00'),
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL CONSTRAINT ck_items_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL CONSTRAINT ck_items_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_items PRIMARY KEY (id),
    CONSTRAINT fk_items_categories FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE NO ACTION,
    CONSTRAINT fk_items_locations FOREIGN KEY (location_id) REFERENCES locations (id) ON DELETE NO ACTION,
    CONSTRAINT uq_items_owner_id_client_ref UNIQUE (owner_id, client_ref),
    CONSTRAINT ck_items_title CHECK (length(trim(title)) >= 1 AND length(title) <= 140),
    CONSTRAINT ck_items_body CHECK (length(body) <= 20000),
    CONSTRAINT ck_items_price_minor CHECK (price_minor >= 0),
    CONSTRAINT ck_items_currency CHECK (length(currency) = 3),
    CONSTRAINT ck_items_status CHECK (status IN ('draft', 'published', 'reserved', 'sold', 'archived')),
    CONSTRAINT ck_items_buyer_id CHECK (buyer_id IS NULL OR status IN ('reserved', 'sold', 'archived')),
    CONSTRAINT ck_items_client_ref CHECK (length(client_ref) BETWEEN 1 AND 100),
    CONSTRAINT ck_items_published_at CHECK (published_at IS NOT NULL OR status IN ('draft', 'archived')),
    CONSTRAINT ck_items_version CHECK (version >= 1)
) STRICT;

CREATE INDEX idx_items_owner_id_id ON items (owner_id, id DESC);

CREATE INDEX idx_items_category_id ON items (category_id);

CREATE INDEX idx_items_location_id ON items (location_id);

CREATE INDEX idx_items_buyer_id ON items (buyer_id);

CREATE INDEX idx_items_published_at_id ON items (published_at DESC, id DESC) WHERE status = 'published';

CREATE INDEX idx_items_category_id_published_at_id ON items (category_id, published_at DESC, id DESC)
    WHERE status = 'published';

CREATE INDEX idx_items_location_id_published_at_id ON items (location_id, published_at DESC, id DESC)
    WHERE status = 'published';

CREATE TRIGGER trg_items_updated_at AFTER UPDATE ON items FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE items SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE id = NEW.id;
END;

CREATE TABLE item_images (
    item_id BLOB NOT NULL CONSTRAINT ck_item_images_item_id_type CHECK (length(item_id) = 16),
    pos INTEGER NOT NULL,
    url TEXT NOT NULL,
    alt TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    created_at TEXT NOT NULL
        CONSTRAINT ck_item_images_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_item_images_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_item_images PRIMARY KEY (item_id, pos),
    CONSTRAINT fk_item_images_items FOREIGN KEY (item_id) REFERENCES items (id) ON DELETE CASCADE,
    CONSTRAINT ck_item_images_pos CHECK (pos BETWEEN 0 AND 31),
    CONSTRAINT ck_item_images_url CHECK (length(url) BETWEEN 1 AND 2048),
    CONSTRAINT ck_item_images_alt CHECK (length(alt) <= 500),
    CONSTRAINT ck_item_images_width CHECK (width >= 1),
    CONSTRAINT ck_item_images_height CHECK (height >= 1)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER trg_item_images_updated_at AFTER UPDATE ON item_images FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE item_images SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE item_id = NEW.item_id AND pos = NEW.pos;
END;
