CREATE TABLE owners (
    id BLOB NOT NULL CONSTRAINT pk_owners PRIMARY KEY CONSTRAINT ck_owners_id CHECK (length(id) = 16),
    tenant INTEGER NOT NULL,
    code TEXT NOT NULL COLLATE NOCASE UNIQUE,
    CONSTRAINT uq_owners_tenant_id UNIQUE (tenant, id)
) STRICT;
CREATE TABLE things ( -- what owners have, (in) brackets
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    owner_id BLOB CONSTRAINT fk_things_owners REFERENCES owners ON DELETE SET NULL ON UPDATE CASCADE
        DEFERRABLE INITIALLY DEFERRED,
    tenant INTEGER,
    name TEXT NOT NULL DEFAULT 'nobody, check (nothing)',
    price REAL NOT NULL DEFAULT (1+1) CHECK(price>=0),
    doubled REAL GENERATED ALWAYS AS (price*2) STORED,
    shout TEXT AS (upper(name)),
    FOREIGN KEY (tenant, owner_id) REFERENCES owners (tenant, id) NOT DEFERRABLE,
    CONSTRAINT ck_things_price CHECK (price >= 0 AND name IN('a','b', 'c)')),
    UNIQUE (name, price)
);
CREATE TABLE pairs (
    left_id INTEGER NOT NULL,
    right_id INTEGER NOT NULL CONSTRAINT fk_pairs_things REFERENCES things (id) ON DELETE CASCADE,
    CONSTRAINT pk_pairs PRIMARY KEY (right_id, left_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX idx_things_name ON things (lower(name), price DESC, name COLLATE NOCASE) WHERE price > 0;
CREATE UNIQUE INDEX uq_things_tenant ON things (tenant);
CREATE VIEW cheap AS SELECT id, name FROM things WHERE price < 1;
CREATE TRIGGER trg_things_touch AFTER UPDATE ON things FOR EACH ROW WHEN NEW.name IS OLD.name
BEGIN
    UPDATE things SET name = 'x' WHERE id = NEW.id;
END;
CREATE TRIGGER trg_cheap_insert INSTEAD OF INSERT ON cheap BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE search USING fts5(body, tokenize = 'porter');
