CREATE TABLE app.items (
    id uuid NOT NULL,
    owner_id uuid NOT NULL,
    category_id uuid NOT NULL,
    location_id uuid,
    title text NOT NULL,
    body text NOT NULL,
    price_minor bigint NOT NULL,
    currency text NOT NULL,
    status text NOT NULL,
    buyer_id uuid,
    client_ref text,
    published_at timestamptz,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_items PRIMARY KEY (id),
    CONSTRAINT fk_items_categories FOREIGN KEY (category_id) REFERENCES master.categories (id) ON DELETE RESTRICT,
    CONSTRAINT fk_items_locations FOREIGN KEY (location_id) REFERENCES master.locations (id) ON DELETE RESTRICT,
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
) WITH (fillfactor = 70);

CREATE INDEX idx_items_owner_id_id ON app.items (owner_id, id DESC);

CREATE INDEX idx_items_category_id ON app.items (category_id);

CREATE INDEX idx_items_location_id ON app.items (location_id);

CREATE INDEX idx_items_buyer_id ON app.items (buyer_id);

CREATE INDEX idx_items_published_at_id ON app.items (published_at DESC, id DESC) WHERE status = 'published';

CREATE INDEX idx_items_category_id_published_at_id ON app.items (category_id, published_at DESC, id DESC)
    WHERE status = 'published';

CREATE INDEX idx_items_location_id_published_at_id ON app.items (location_id, published_at DESC, id DESC)
    WHERE status = 'published';

CREATE TRIGGER trg_items_updated_at
    BEFORE UPDATE ON app.items
    FOR EACH ROW EXECUTE FUNCTION app.set_updated_at();

COMMENT ON TABLE app.items IS 'What people offer.';
COMMENT ON COLUMN app.items.id IS 'Identifies the row.';
COMMENT ON COLUMN app.items.owner_id IS 'The account in the core database that offers it.';
COMMENT ON COLUMN app.items.category_id IS 'What it is filed under.';
COMMENT ON COLUMN app.items.location_id IS 'Where it can be seen.';
COMMENT ON COLUMN app.items.title IS 'What it is, in one line.';
COMMENT ON COLUMN app.items.body IS 'What there is to say about it.';
COMMENT ON COLUMN app.items.price_minor IS 'The price in the smallest unit of the currency; 0 gives it away.';
COMMENT ON COLUMN app.items.currency IS 'The currency by its ISO 4217 code.';
COMMENT ON COLUMN app.items.status IS 'Where the item is in its life.';
COMMENT ON COLUMN app.items.buyer_id IS 'The account in the core database that it is reserved for or went to.';
COMMENT ON COLUMN app.items.client_ref IS 'The name its owner knows it by, so that sending it twice makes one item.';
COMMENT ON COLUMN app.items.published_at IS 'When it was first published.';
COMMENT ON COLUMN app.items.version IS
    'Drawn from the counter of the owner: entity tag, compare-and-swap value and sync cursor at once.';
COMMENT ON COLUMN app.items.created_at IS 'When the row was made.';
COMMENT ON COLUMN app.items.updated_at IS 'When the row last changed.';

CREATE TABLE app.item_images (
    item_id uuid NOT NULL,
    pos integer NOT NULL,
    url text NOT NULL,
    alt text NOT NULL,
    width integer,
    height integer,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_item_images PRIMARY KEY (item_id, pos),
    CONSTRAINT fk_item_images_items FOREIGN KEY (item_id) REFERENCES app.items (id) ON DELETE CASCADE,
    CONSTRAINT ck_item_images_pos CHECK (pos BETWEEN 0 AND 31),
    CONSTRAINT ck_item_images_url CHECK (length(url) BETWEEN 1 AND 2048),
    CONSTRAINT ck_item_images_alt CHECK (length(alt) <= 500),
    CONSTRAINT ck_item_images_width CHECK (width >= 1),
    CONSTRAINT ck_item_images_height CHECK (height >= 1)
);

CREATE TRIGGER trg_item_images_updated_at
    BEFORE UPDATE ON app.item_images
    FOR EACH ROW EXECUTE FUNCTION app.set_updated_at();

COMMENT ON TABLE app.item_images IS 'The pictures of an item, in order.';
COMMENT ON COLUMN app.item_images.item_id IS 'The item.';
COMMENT ON COLUMN app.item_images.pos IS 'Its place among the pictures; 0 is the first.';
COMMENT ON COLUMN app.item_images.url IS 'Where the picture is.';
COMMENT ON COLUMN app.item_images.alt IS 'What it shows, for people who cannot see it.';
COMMENT ON COLUMN app.item_images.width IS 'Its width in pixels.';
COMMENT ON COLUMN app.item_images.height IS 'Its height in pixels.';
COMMENT ON COLUMN app.item_images.created_at IS 'When the row was made.';
COMMENT ON COLUMN app.item_images.updated_at IS 'When the row last changed.';
