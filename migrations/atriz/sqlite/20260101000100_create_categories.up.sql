CREATE TABLE categories (
    id BLOB NOT NULL CONSTRAINT ck_categories_id_type CHECK (length(id) = 16),
    parent_id BLOB CONSTRAINT ck_categories_parent_id_type CHECK (length(parent_id) = 16),
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    depth INTEGER NOT NULL,
    sort INTEGER NOT NULL,
    is_active INTEGER NOT NULL CONSTRAINT ck_categories_is_active_type CHECK (is_active IN (0, 1)),
    version INTEGER NOT NULL,
    created_at TEXT NOT NULL
        CONSTRAINT ck_categories_created_at_type CHECK (created_at GLOB '????-??-??T??:??:??*+00:00'),
    updated_at TEXT NOT NULL
        CONSTRAINT ck_categories_updated_at_type CHECK (updated_at GLOB '????-??-??T??:??:??*+00:00'),
    CONSTRAINT pk_categories PRIMARY KEY (id),
    CONSTRAINT fk_categories_categories FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE NO ACTION,
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
) STRICT;

CREATE UNIQUE INDEX uq_categories_parent_id_slug ON categories (parent_id, slug) WHERE parent_id IS NOT NULL;

CREATE UNIQUE INDEX uq_categories_slug ON categories (slug) WHERE parent_id IS NULL;

CREATE INDEX idx_categories_parent_id_sort ON categories (parent_id, sort);

CREATE INDEX idx_categories_path ON categories (path COLLATE NOCASE);

CREATE TRIGGER trg_categories_updated_at AFTER UPDATE ON categories FOR EACH ROW
WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE categories SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00' WHERE id = NEW.id;
END;
