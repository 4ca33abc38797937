//! Statements about a small shop, each with what is said of it.

/// Statements on PostgreSQL.
pub(super) const POSTGRES: &[(&str, &str)] = &[
    ("ALTER TABLE shop.products ADD COLUMN colour text", "shop.products ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.products ADD COLUMN colour text NOT NULL DEFAULT 'red'", "shop.products ACCESS EXCLUSIVE"),
    (
        "ALTER TABLE shop.products ADD COLUMN made_at timestamptz NOT NULL DEFAULT now()",
        "shop.products ACCESS EXCLUSIVE",
    ),
    (
        "ALTER TABLE shop.products ADD COLUMN tag uuid DEFAULT gen_random_uuid()",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products",
    ),
    ("ALTER TABLE shop.products ADD COLUMN number bigserial", "shop.products ACCESS EXCLUSIVE; rewrites shop.products"),
    (
        "ALTER TABLE shop.products ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products",
    ),
    (
        "ALTER TABLE shop.products ADD COLUMN doubled integer GENERATED ALWAYS AS (weight * 2) STORED",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products",
    ),
    (
        "ALTER TABLE shop.products ADD COLUMN shelf integer CHECK (shelf > 0)",
        "shop.products ACCESS EXCLUSIVE; scans shop.products",
    ),
    (
        "ALTER TABLE shop.products ADD COLUMN other_id integer REFERENCES shop.categories (id)",
        "shop.products ACCESS EXCLUSIVE; shop.categories SHARE ROW EXCLUSIVE",
    ),
    (
        "ALTER TABLE shop.products ADD COLUMN other_id integer DEFAULT 1 REFERENCES shop.categories (id)",
        "shop.products ACCESS EXCLUSIVE; shop.categories SHARE ROW EXCLUSIVE; scans shop.products",
    ),
    ("ALTER TABLE shop.products ADD COLUMN slot integer UNIQUE", "shop.products ACCESS EXCLUSIVE; scans shop.products"),
    (
        "ALTER TABLE shop.products ADD COLUMN mark text DEFAULT shop.stamp()",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless stamp() is declared STABLE or IMMUTABLE",
    ),
    ("ALTER TABLE shop.products DROP COLUMN IF EXISTS category_id", "shop.products ACCESS EXCLUSIVE"),
    (
        "ALTER TABLE shop.products ALTER COLUMN category_id TYPE bigint",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products",
    ),
    (
        "ALTER TABLE shop.categories ALTER COLUMN id TYPE bigint",
        "shop.categories ACCESS EXCLUSIVE; rewrites shop.categories",
    ),
    ("ALTER TABLE shop.categories DROP COLUMN id CASCADE", "shop.categories ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.categories DROP CONSTRAINT categories_pkey CASCADE", "shop.categories ACCESS EXCLUSIVE"),
    (
        "ALTER TABLE shop.products ADD CONSTRAINT uq_both UNIQUE (code), ADD COLUMN extra text DEFAULT clock_timestamp()::text",
        "shop.products ACCESS EXCLUSIVE; scans shop.products; rewrites shop.products",
    ),
    (
        "ALTER TABLE \"shop\".\"products\" ADD COLUMN \"Odd, name\" numeric(10, 2) DEFAULT 0.5 NOT NULL /* , */",
        "shop.products ACCESS EXCLUSIVE",
    ),
    (
        "ALTER TABLE shop.measures SET LOGGED, ALTER COLUMN value SET DEFAULT 1",
        "shop.measures ACCESS EXCLUSIVE; rewrites shop.measures unless it is so already",
    ),
    ("ALTER TABLE shop.products DROP COLUMN note", "shop.products ACCESS EXCLUSIVE"),
    (
        "ALTER TABLE shop.products ALTER COLUMN name TYPE varchar(100)",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was varchar of at most 100",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN name TYPE text",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was varchar or text",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN name TYPE varchar(20)",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was varchar of at most 20",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN code TYPE varchar",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was varchar or text",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN note TYPE varchar",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was varchar or text",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN note TYPE varchar(500)",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was varchar of at most 500",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN price TYPE numeric(12, 2)",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was numeric of at most 12 digits with 2 behind the point",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN price TYPE numeric(12, 3)",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was numeric of at most 12 digits with 3 behind the point",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN weight TYPE bigint",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN price TYPE text USING price::text",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was varchar or text",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN at TYPE timestamptz(6)",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was timestamptz of no finer precision",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN at TYPE timestamptz(3)",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it was timestamptz of no finer precision",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN note SET NOT NULL",
        "shop.products ACCESS EXCLUSIVE; scans shop.products unless a valid CHECK proves it",
    ),
    (
        "ALTER TABLE shop.products ALTER COLUMN code SET NOT NULL",
        "shop.products ACCESS EXCLUSIVE; scans shop.products unless a valid CHECK proves it",
    ),
    ("ALTER TABLE shop.products ALTER COLUMN name DROP NOT NULL", "shop.products ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.products ALTER COLUMN note SET DEFAULT 'none'", "shop.products ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.products ALTER COLUMN note DROP DEFAULT", "shop.products ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.products ALTER COLUMN note SET STATISTICS 500", "shop.products SHARE UPDATE EXCLUSIVE"),
    ("ALTER TABLE shop.products ALTER COLUMN note SET STORAGE EXTERNAL", "shop.products ACCESS EXCLUSIVE"),
    (
        "ALTER TABLE shop.products ADD CONSTRAINT ck_products_price CHECK (price >= 0)",
        "shop.products ACCESS EXCLUSIVE; scans shop.products",
    ),
    (
        "ALTER TABLE shop.products ADD CONSTRAINT ck_products_price CHECK (price >= 0) NOT VALID",
        "shop.products ACCESS EXCLUSIVE",
    ),
    (
        "ALTER TABLE shop.products VALIDATE CONSTRAINT ck_products_weight",
        "shop.products SHARE UPDATE EXCLUSIVE; scans shop.products",
    ),
    (
        "ALTER TABLE shop.products VALIDATE CONSTRAINT fk_products_suppliers",
        "shop.products SHARE UPDATE EXCLUSIVE; scans shop.products",
    ),
    ("ALTER TABLE shop.products DROP CONSTRAINT ck_products_weight", "shop.products ACCESS EXCLUSIVE"),
    (
        "ALTER TABLE shop.products DROP CONSTRAINT fk_products_categories",
        "shop.products ACCESS EXCLUSIVE; (the table that it refers to is locked as well)",
    ),
    (
        "ALTER TABLE shop.products ADD CONSTRAINT fk_again FOREIGN KEY (category_id) REFERENCES shop.categories (id)",
        "shop.products SHARE ROW EXCLUSIVE; shop.categories SHARE ROW EXCLUSIVE; scans shop.products",
    ),
    (
        "ALTER TABLE shop.products ADD CONSTRAINT fk_again FOREIGN KEY (category_id) REFERENCES shop.categories (id) NOT VALID",
        "shop.products SHARE ROW EXCLUSIVE; shop.categories SHARE ROW EXCLUSIVE",
    ),
    (
        "ALTER TABLE shop.products ADD CONSTRAINT uq_products_code UNIQUE (code)",
        "shop.products ACCESS EXCLUSIVE; scans shop.products",
    ),
    (
        "ALTER TABLE shop.products ADD CONSTRAINT uq_products_code UNIQUE USING INDEX uq_products_code_index",
        "shop.products ACCESS EXCLUSIVE",
    ),
    (
        "ALTER TABLE shop.products ADD CONSTRAINT ex_products EXCLUDE (code WITH =)",
        "shop.products ACCESS EXCLUSIVE; scans shop.products",
    ),
    ("ALTER TABLE shop.suppliers ADD PRIMARY KEY (name)", "shop.suppliers ACCESS EXCLUSIVE; scans shop.suppliers"),
    ("ALTER TABLE shop.products RENAME TO goods", "shop.products ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.products RENAME COLUMN note TO remark", "shop.products ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.products SET SCHEMA public", "shop.products ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.products OWNER TO CURRENT_USER", "shop.products ACCESS EXCLUSIVE"),
    (
        "ALTER TABLE shop.products SET (fillfactor = 80, autovacuum_enabled = true)",
        "shop.products SHARE UPDATE EXCLUSIVE",
    ),
    ("ALTER TABLE shop.products RESET (fillfactor)", "shop.products SHARE UPDATE EXCLUSIVE"),
    (
        "ALTER TABLE shop.products SET UNLOGGED",
        "shop.products ACCESS EXCLUSIVE; rewrites shop.products unless it is so already",
    ),
    ("ALTER TABLE shop.products CLUSTER ON idx_products_name", "shop.products SHARE UPDATE EXCLUSIVE"),
    ("ALTER TABLE shop.products DISABLE TRIGGER trg_products", "shop.products SHARE ROW EXCLUSIVE"),
    ("ALTER TABLE shop.products ENABLE ROW LEVEL SECURITY", "shop.products ACCESS EXCLUSIVE"),
    ("ALTER TABLE shop.products REPLICA IDENTITY FULL", "shop.products ACCESS EXCLUSIVE"),
    (
        "ALTER TABLE shop.products ADD COLUMN a integer, ALTER COLUMN note SET DEFAULT 'x', ADD CHECK (weight > -1) NOT VALID",
        "shop.products ACCESS EXCLUSIVE",
    ),
    (
        "ALTER TABLE IF EXISTS ONLY shop.products ALTER COLUMN note SET STATISTICS 10",
        "shop.products SHARE UPDATE EXCLUSIVE",
    ),
    (
        "ALTER TABLE shop.heirs INHERIT shop.suppliers",
        "shop.heirs ACCESS EXCLUSIVE; shop.suppliers SHARE UPDATE EXCLUSIVE",
    ),
    (
        "ALTER TABLE shop.measures ATTACH PARTITION shop.measures_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
        "shop.measures SHARE UPDATE EXCLUSIVE; shop.measures_2027 ACCESS EXCLUSIVE; scans shop.measures_2027 unless a valid CHECK proves the bounds; (a default partition is locked against reads and writes, and scanned)",
    ),
    (
        "ALTER TABLE shop.measures DETACH PARTITION shop.measures_2026",
        "shop.measures ACCESS EXCLUSIVE; shop.measures_2026 ACCESS EXCLUSIVE",
    ),
    ("ALTER TABLE shop.measures ADD COLUMN unit text", "shop.measures ACCESS EXCLUSIVE"),
    (
        "ALTER INDEX shop.idx_products_name RENAME TO idx_products_by_name",
        "(locks the index alone, against other schema changes)",
    ),
    (
        "ALTER INDEX shop.idx_products_name SET (fillfactor = 70)",
        "(locks the index alone, against everybody who opens it)",
    ),
    ("ALTER VIEW shop.product_names RENAME TO names", "shop.product_names ACCESS EXCLUSIVE"),
    ("ALTER SEQUENCE shop.numbers RESTART WITH 5", "shop.numbers SHARE ROW EXCLUSIVE"),
    ("ALTER TYPE shop.mood ADD VALUE 'calm'", "nothing"),
    (
        "ALTER DOMAIN shop.positive ADD CONSTRAINT small CHECK (VALUE < 1000)",
        "unknown; (every table with a column of this domain is scanned while writes wait)",
    ),
    ("ALTER DOMAIN shop.positive ADD CONSTRAINT small CHECK (VALUE < 1000) NOT VALID", "nothing"),
    ("CREATE INDEX idx_products_code ON shop.products (code)", "shop.products SHARE; scans shop.products"),
    (
        "CREATE UNIQUE INDEX IF NOT EXISTS uq_products_name ON shop.products (name)",
        "shop.products SHARE; scans shop.products",
    ),
    (
        "CREATE INDEX CONCURRENTLY idx_products_code ON shop.products (code)",
        "shop.products SHARE UPDATE EXCLUSIVE; scans shop.products",
    ),
    (
        "CREATE INDEX idx_measures ON ONLY shop.measures (at)",
        "shop.measures SHARE; scans shop.measures unless it is partitioned",
    ),
    (
        "CREATE TABLE shop.orders (id integer PRIMARY KEY, product_id integer NOT NULL REFERENCES shop.products (id), again integer REFERENCES shop.orders (id))",
        "shop.products SHARE ROW EXCLUSIVE",
    ),
    (
        "CREATE TABLE shop.orders (id integer, category_id integer, CONSTRAINT fk_orders FOREIGN KEY (category_id) REFERENCES shop.categories (id))",
        "shop.categories SHARE ROW EXCLUSIVE",
    ),
    ("CREATE TABLE shop.copies (LIKE shop.products INCLUDING ALL)", "shop.products ACCESS SHARE"),
    ("CREATE TABLE shop.copies AS SELECT * FROM shop.products", "shop.products ACCESS SHARE; scans shop.products"),
    (
        "CREATE TABLE shop.measures_2028 PARTITION OF shop.measures FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')",
        "shop.measures ACCESS EXCLUSIVE; (a default partition is locked against reads and writes, and scanned)",
    ),
    ("CREATE TABLE shop.special () INHERITS (shop.categories)", "shop.categories SHARE UPDATE EXCLUSIVE"),
    (
        "CREATE VIEW shop.codes AS SELECT p.code FROM shop.products p JOIN shop.categories c ON c.id = p.category_id",
        "shop.products ACCESS SHARE; shop.categories ACCESS SHARE",
    ),
    (
        "CREATE OR REPLACE VIEW shop.product_names AS SELECT id FROM shop.products",
        "shop.products ACCESS SHARE; shop.product_names ACCESS EXCLUSIVE",
    ),
    (
        "CREATE MATERIALIZED VIEW shop.totals AS SELECT count(*) FROM shop.products",
        "shop.products ACCESS SHARE; scans shop.products",
    ),
    (
        "CREATE TRIGGER trg_more BEFORE UPDATE OF name, code ON shop.products FOR EACH ROW EXECUTE FUNCTION shop.touch()",
        "shop.products SHARE ROW EXCLUSIVE",
    ),
    ("CREATE POLICY mine ON shop.products USING (true)", "shop.products ACCESS EXCLUSIVE"),
    ("CREATE RULE quiet AS ON DELETE TO shop.suppliers DO INSTEAD NOTHING", "shop.suppliers ACCESS EXCLUSIVE"),
    ("CREATE STATISTICS shop.together ON name, code FROM shop.products", "shop.products SHARE UPDATE EXCLUSIVE"),
    ("CREATE SCHEMA more", "nothing"),
    ("CREATE FUNCTION shop.one() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "nothing"),
    ("CREATE TYPE shop.size AS ENUM ('s', 'm')", "nothing"),
    ("CREATE SEQUENCE shop.counter", "nothing"),
    ("CREATE DOMAIN shop.short AS text CHECK (length(VALUE) < 10)", "nothing"),
    ("DROP TABLE shop.suppliers CASCADE", "shop.suppliers ACCESS EXCLUSIVE; (whatever depends on it goes too)"),
    ("DROP TABLE shop.heirs", "shop.heirs ACCESS EXCLUSIVE"),
    ("DROP TABLE shop.products CASCADE", "shop.products ACCESS EXCLUSIVE; (whatever depends on it goes too)"),
    (
        "DROP INDEX shop.idx_products_name",
        "(ACCESS EXCLUSIVE on the table of shop.idx_products_name: blocks reads and writes)",
    ),
    (
        "DROP INDEX CONCURRENTLY shop.idx_products_name",
        "(SHARE UPDATE EXCLUSIVE on the table of shop.idx_products_name: blocks other schema changes only)",
    ),
    ("DROP VIEW shop.product_names", "shop.product_names ACCESS EXCLUSIVE"),
    ("DROP TRIGGER trg_products ON shop.products", "shop.products ACCESS EXCLUSIVE"),
    ("DROP FUNCTION shop.spare()", "nothing"),
    ("DROP SCHEMA shop CASCADE", "unknown; (whatever depends on it goes too)"),
    ("COMMENT ON TABLE shop.products IS 'What is sold.'", "shop.products SHARE UPDATE EXCLUSIVE"),
    ("COMMENT ON COLUMN shop.products.name IS 'What people see.'", "shop.products SHARE UPDATE EXCLUSIVE"),
    ("COMMENT ON FUNCTION shop.stamp() IS 'A mark.'", "nothing"),
    (
        "COMMENT ON CONSTRAINT ck_products_weight ON shop.products IS 'No negative weight.'",
        "shop.products ACCESS SHARE",
    ),
    ("GRANT SELECT ON shop.products TO PUBLIC", "nothing"),
    ("REVOKE ALL ON FUNCTION shop.stamp() FROM PUBLIC", "nothing"),
    ("INSERT INTO shop.categories (id, name) VALUES (1000, 'x')", "shop.categories ROW EXCLUSIVE"),
    (
        "INSERT INTO shop.suppliers (name) SELECT c.name FROM shop.categories c WHERE c.id IS DISTINCT FROM c.parent",
        "shop.suppliers ROW EXCLUSIVE; shop.categories ACCESS SHARE; scans shop.categories",
    ),
    (
        "INSERT INTO shop.products (id, category_id, supplier_id, name, code) VALUES (1000, 1, 1, 'x', 'y') ON CONFLICT (id) DO UPDATE SET name = excluded.name",
        "shop.products ROW EXCLUSIVE",
    ),
    (
        "UPDATE shop.products SET note = 'x'",
        "shop.products ROW EXCLUSIVE; scans shop.products; changes every row of shop.products",
    ),
    (
        "UPDATE shop.products SET note = 'x' WHERE id = 5",
        "shop.products ROW EXCLUSIVE; scans shop.products unless an index finds the rows; (the rows that it changes stay locked against other writers until the commit)",
    ),
    (
        "UPDATE shop.products p SET note = c.name FROM shop.categories c WHERE c.id = p.category_id",
        "shop.products ROW EXCLUSIVE; shop.categories ACCESS SHARE; scans shop.products unless an index finds the rows; (the rows that it changes stay locked against other writers until the commit)",
    ),
    (
        "DELETE FROM shop.suppliers",
        "shop.suppliers ROW EXCLUSIVE; scans shop.suppliers; changes every row of shop.suppliers",
    ),
    (
        "WITH old AS (DELETE FROM shop.suppliers RETURNING name) INSERT INTO shop.categories (id, name) SELECT 5000, name FROM old LIMIT 1",
        "shop.suppliers ROW EXCLUSIVE; shop.categories ROW EXCLUSIVE",
    ),
    ("SELECT setval('shop.numbers', 7)", "nothing"),
    ("SELECT shop.stamp()", "unknown; (it calls a function that can do anything)"),
    ("SELECT id FROM shop.products WHERE id = 1 FOR UPDATE", "shop.products ROW SHARE"),
    ("TRUNCATE shop.suppliers", "shop.suppliers ACCESS EXCLUSIVE; (empties the table)"),
    (
        "TRUNCATE TABLE ONLY shop.categories CASCADE",
        "shop.categories ACCESS EXCLUSIVE; (empties the table); (and every table that refers to it)",
    ),
    ("LOCK TABLE shop.products IN SHARE ROW EXCLUSIVE MODE", "shop.products SHARE ROW EXCLUSIVE"),
    ("LOCK shop.products", "shop.products ACCESS EXCLUSIVE"),
    ("ANALYZE shop.products", "shop.products SHARE UPDATE EXCLUSIVE; (reads a sample of the rows)"),
    ("VACUUM (FULL, VERBOSE) shop.products", "shop.products ACCESS EXCLUSIVE; rewrites shop.products"),
    ("VACUUM shop.products", "shop.products SHARE UPDATE EXCLUSIVE; scans shop.products"),
    ("CLUSTER shop.products USING idx_products_name", "shop.products ACCESS EXCLUSIVE; rewrites shop.products"),
    (
        "REINDEX TABLE shop.products",
        "shop.products SHARE; scans shop.products; (queries that would use the index wait as well)",
    ),
    (
        "REINDEX INDEX CONCURRENTLY shop.idx_products_name",
        "(SHARE UPDATE EXCLUSIVE on the table of shop.idx_products_name: blocks other schema changes only)",
    ),
    (
        "REFRESH MATERIALIZED VIEW shop.product_counts",
        "shop.product_counts ACCESS EXCLUSIVE; rewrites shop.product_counts; (reads what it is made of)",
    ),
    ("SET LOCAL statement_timeout = '1s'", "nothing"),
    ("DO $$ BEGIN PERFORM 1; END $$", "unknown"),
    ("FROBNICATE THE TABLE", "unknown"),
];

/// Statements on SQLite.
pub(super) const SQLITE: &[(&str, &str)] = &[
    ("CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT", "nothing"),
    ("CREATE VIRTUAL TABLE words USING fts5(word)", "nothing"),
    ("CREATE UNIQUE INDEX uq_products_name ON products (name)", "scans products"),
    ("CREATE TRIGGER trg AFTER UPDATE ON products BEGIN UPDATE products SET name = 'x'; END", "nothing"),
    ("CREATE VIEW names AS SELECT name FROM products", "nothing"),
    ("ALTER TABLE products ADD COLUMN note TEXT", "nothing"),
    ("ALTER TABLE products ADD COLUMN weight INTEGER CHECK (weight > 0)", "scans products"),
    ("ALTER TABLE products DROP COLUMN note", "rewrites products"),
    ("ALTER TABLE products RENAME TO goods", "nothing"),
    ("ALTER TABLE products RENAME COLUMN note TO remark", "nothing"),
    ("DROP TABLE products", "(its rows go with it)"),
    ("DROP INDEX uq_products_name", "nothing"),
    ("INSERT INTO products_new (id, name) SELECT id, name FROM products", "scans products"),
    ("INSERT OR IGNORE INTO products (id, name) VALUES (1, 'x')", "nothing"),
    ("UPDATE products SET note = 'x'", "scans products; changes every row of products"),
    ("DELETE FROM products WHERE id = 1", "scans products unless an index finds the rows"),
    ("REINDEX", "(builds every index anew)"),
    ("VACUUM", "(writes the whole file anew)"),
    ("PRAGMA user_version = 3", "nothing"),
    ("ATTACH 'x.db' AS other", "unknown"),
];
