CREATE TABLE master.categories (
    id uuid NOT NULL,
    parent_id uuid,
    slug text NOT NULL,
    name text NOT NULL,
    path text NOT NULL,
    depth integer NOT NULL,
    sort integer NOT NULL,
    is_active boolean NOT NULL,
    version bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT pk_categories PRIMARY KEY (id),
    CONSTRAINT fk_categories_categories FOREIGN KEY (parent_id) REFERENCES master.categories (id) ON DELETE RESTRICT,
    CONSTRAINT uq_categories_path UNIQUE (path),
    CONSTRAINT ck_categories_slug CHECK (
        length(slug) BETWEEN 1 AND 64 AND ltrim(slug, 'abcdefghijklmnopqrstuvwxyz0123456789-') = ''
    ),
    CONSTRAINT ck_categories_name CHECK (length(trim(name)) BETWEEN 1 AND 120),
    CONSTRAINT ck_categories_path CHECK (
        substr(path, 1, 1) = '/' AND substr(path, length(path) - length(slug) - 1) = '/' || slug || '/'
        AND length(path) - length(replace(path, '/', '')) = depth + 2
    ),
    CONSTRAINT ck_categories_depth CHECK (depth BETWEEN 0 AND 8),
    CONSTRAINT ck_categories_parent_id CHECK ((parent_id IS NULL) = (depth = 0)),
    CONSTRAINT ck_categories_version CHECK (version >= 1)
);

CREATE UNIQUE INDEX uq_categories_parent_id_slug ON master.categories (parent_id, slug) WHERE parent_id IS NOT NULL;

CREATE UNIQUE INDEX uq_categories_slug ON master.categories (slug) WHERE parent_id IS NULL;

CREATE INDEX idx_categories_parent_id_sort ON master.categories (parent_id, sort);

CREATE INDEX idx_categories_path ON master.categories (path text_pattern_ops);

CREATE TRIGGER trg_categories_updated_at
    BEFORE UPDATE ON master.categories
    FOR EACH ROW EXECUTE FUNCTION master.set_updated_at();

COMMENT ON TABLE master.categories IS
    'The tree that items are filed under; the path holds the place in it, so one index reads a subtree.';
COMMENT ON COLUMN master.categories.id IS 'Identifies the row.';
COMMENT ON COLUMN master.categories.parent_id IS 'The category above; NULL at the top.';
COMMENT ON COLUMN master.categories.slug IS 'Its part of the path.';
COMMENT ON COLUMN master.categories.name IS 'What people see.';
COMMENT ON COLUMN master.categories.path IS 'The slugs from the top down to it, such as /electronics/audio/.';
COMMENT ON COLUMN master.categories.depth IS 'How many categories stand above it.';
COMMENT ON COLUMN master.categories.sort IS 'Its place among its siblings.';
COMMENT ON COLUMN master.categories.is_active IS 'Whether new items may be filed under it.';
COMMENT ON COLUMN master.categories.version IS
    'Drawn from the counter of the category tree: entity tag, compare-and-swap value and sync cursor at once.';
COMMENT ON COLUMN master.categories.created_at IS 'When the row was made.';
COMMENT ON COLUMN master.categories.updated_at IS 'When the row last changed.';
