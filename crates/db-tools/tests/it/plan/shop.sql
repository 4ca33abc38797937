CREATE SCHEMA shop;
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION shop.stamp() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE FUNCTION shop.spare() RETURNS text LANGUAGE sql AS $$ SELECT 'x' $$;
CREATE TYPE shop.mood AS ENUM ('good');
CREATE DOMAIN shop.positive AS integer;
CREATE SEQUENCE shop.numbers;
CREATE TABLE shop.categories (id integer PRIMARY KEY, parent integer, name text);
CREATE TABLE shop.suppliers (name text);
CREATE TABLE shop.heirs (name text);
CREATE TABLE shop.products (
    id integer PRIMARY KEY,
    category_id integer NOT NULL CONSTRAINT fk_products_categories REFERENCES shop.categories (id),
    name varchar(50) NOT NULL,
    code text CONSTRAINT ck_products_code CHECK (code IS NOT NULL),
    price numeric(8, 2),
    weight integer,
    note text,
    at timestamptz DEFAULT now()
);
CREATE INDEX idx_products_name ON shop.products (name);
CREATE UNIQUE INDEX uq_products_code_index ON shop.products (code);
CREATE TRIGGER trg_products BEFORE UPDATE ON shop.products FOR EACH ROW EXECUTE FUNCTION shop.touch();
CREATE TABLE shop.measures (at timestamptz NOT NULL, value integer) PARTITION BY RANGE (at);
CREATE TABLE shop.measures_2026 PARTITION OF shop.measures FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE shop.measures_2027 (at timestamptz NOT NULL, value integer);
CREATE VIEW shop.product_names AS SELECT id FROM shop.products;
CREATE MATERIALIZED VIEW shop.product_counts AS SELECT count(*) FROM shop.products;
INSERT INTO shop.categories SELECT n, n, 'category ' || n FROM generate_series(1, 10) n;
INSERT INTO shop.suppliers SELECT 'supplier ' || n FROM generate_series(1, 10) n;
INSERT INTO shop.products
    SELECT n, 1 + n % 10, 'product ' || n, 'code ' || n, n, n, 'note ' || n FROM generate_series(1, 300) n;
INSERT INTO shop.measures SELECT timestamptz '2026-05-01' + n * interval '1 hour', n FROM generate_series(1, 50) n;
INSERT INTO shop.measures_2027 SELECT timestamptz '2027-05-01' + n * interval '1 hour', n FROM generate_series(1, 50) n;
ALTER TABLE shop.products ADD CONSTRAINT ck_products_weight CHECK (weight > 0) NOT VALID;
ALTER TABLE shop.products ADD COLUMN supplier_id integer;
CREATE TABLE shop.supplier_ids (id integer PRIMARY KEY);
INSERT INTO shop.supplier_ids VALUES (1);
ALTER TABLE shop.products
    ADD CONSTRAINT fk_products_suppliers FOREIGN KEY (supplier_id) REFERENCES shop.supplier_ids (id) NOT VALID;
