//! Mistakes on PostgreSQL.

use atriz_db::Engine;

use super::support::{House, Mistake, caught, rules, text};

const BASE: &str = "CREATE SCHEMA app;
CREATE TABLE app.users (id uuid NOT NULL, name text NOT NULL, CONSTRAINT pk_users PRIMARY KEY (id));
CREATE TABLE app.items (
    id uuid NOT NULL,
    owner_id uuid,
    title text NOT NULL,
    note text,
    CONSTRAINT pk_items PRIMARY KEY (id),
    CONSTRAINT ck_items_title CHECK (length(title) > 0)
);
CREATE INDEX idx_items_owner_id ON app.items (owner_id);
CREATE TABLE app.events (id uuid NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE app.events_2026 PARTITION OF app.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE app.events_old (id uuid NOT NULL, at timestamptz NOT NULL);
CREATE TYPE app.mood AS ENUM ('good', 'bad');
CREATE DOMAIN app.code AS text;
CREATE SEQUENCE app.numbers;
CREATE VIEW app.titles AS SELECT title FROM app.items;
CREATE FUNCTION app.one() RETURNS integer LANGUAGE sql RETURN 1;
";

pub(super) const FILES: [(&str, &str); 4] = [
    ("postgres/20260101000000_base.up.sql", BASE),
    ("postgres/20260101000000_base.down.sql", "DROP SCHEMA app CASCADE;\n"),
    ("sqlite/20260101000000_base.up.sql", "-- atriz: only postgres \"a test of one engine\"\n"),
    ("sqlite/20260101000000_base.down.sql", "-- atriz: only postgres \"a test of one engine\"\n"),
];

#[tokio::test]
async fn every_mistake_is_caught_in_its_place() {
    let house = House::released(&FILES);
    let printed = caught(&house, Engine::Postgres, &MISTAKES).await;
    insta::assert_snapshot!("mistakes_on_postgres", printed);
}

const LONG: &str = "ALTER TABLE app.items ADD COLUMN \
                    a_name_that_goes_on_and_on_and_is_longer_than_what_postgresql_will_keep text;\n";

const MISTAKES: [Mistake; 95] = [
    Mistake(&["require-concurrent-index-creation"], "-- Why.\nCREATE INDEX idx_items_title ON app.items (title);\n"),
    Mistake(&["require-concurrent-index-deletion"], "DROP INDEX app.idx_items_owner_id;\n"),
    Mistake(&["require-concurrent-reindex"], "REINDEX TABLE app.items;\n"),
    Mistake(
        &["require-concurrent-partition-detach"],
        "ALTER TABLE app.events\n    DETACH PARTITION app.events_2026;\n",
    ),
    Mistake(
        &["constraint-missing-not-valid"],
        "ALTER TABLE app.items ADD CONSTRAINT ck_items_note CHECK (length(note) > 1);\n",
    ),
    Mistake(
        &["adding-foreign-key-constraint"],
        "ALTER TABLE app.items ADD CONSTRAINT fk_items_users FOREIGN KEY (owner_id) REFERENCES app.users (id);\n",
    ),
    Mistake(&["adding-not-nullable-field"], "ALTER TABLE app.items ALTER COLUMN note SET NOT NULL;\n"),
    Mistake(&["adding-required-field"], "ALTER TABLE app.items ADD COLUMN price bigint NOT NULL;\n"),
    Mistake(&["adding-field-with-default"], "ALTER TABLE app.items ADD COLUMN token uuid DEFAULT gen_random_uuid();\n"),
    Mistake(
        &["adding-serial-primary-key-field"],
        "ALTER TABLE app.events_2026 ADD CONSTRAINT pk_events_2026 PRIMARY KEY (id);\n",
    ),
    Mistake(&["disallowed-unique-constraint"], "ALTER TABLE app.items ADD CONSTRAINT uq_items_title UNIQUE (title);\n"),
    Mistake(&["changing-column-type"], "ALTER TABLE app.items ALTER COLUMN note TYPE bigint USING note::bigint;\n"),
    Mistake(&["renaming-column"], "ALTER TABLE app.items RENAME COLUMN note TO remark;\n"),
    Mistake(&["renaming-table"], "ALTER TABLE app.items RENAME TO things;\n"),
    Mistake(&["renaming-object"], "ALTER TYPE app.mood RENAME VALUE 'bad' TO 'worse';\n"),
    Mistake(&["ban-set-schema"], "ALTER TABLE app.items SET SCHEMA public;\n"),
    Mistake(&["ban-drop-column"], "ALTER TABLE app.items DROP COLUMN note;\n"),
    Mistake(&["ban-drop-table"], "DROP TABLE app.items;\n"),
    Mistake(&["ban-drop-schema"], "DROP SCHEMA app CASCADE;\n"),
    Mistake(&["ban-drop-view"], "DROP VIEW app.titles;\n"),
    Mistake(&["ban-drop-function"], "DROP FUNCTION app.one();\n"),
    Mistake(&["ban-drop-type"], "DROP TYPE app.mood;\n"),
    Mistake(&["ban-drop-domain"], "DROP DOMAIN app.code;\n"),
    Mistake(&["ban-drop-sequence"], "DROP SEQUENCE app.numbers;\n"),
    Mistake(&["ban-drop-extension"], "DROP EXTENSION pg_trgm;\n"),
    Mistake(&["ban-drop-default"], "ALTER TABLE app.items ALTER COLUMN note DROP DEFAULT;\n"),
    Mistake(&["ban-drop-constraint"], "ALTER TABLE app.items DROP CONSTRAINT ck_items_title;\n"),
    Mistake(&["ban-drop-not-null"], "ALTER TABLE app.items ALTER COLUMN title DROP NOT NULL;\n"),
    Mistake(&["ban-drop-generated-expression"], "ALTER TABLE app.items ALTER COLUMN note DROP EXPRESSION;\n"),
    Mistake(&["ban-alter-identity"], "ALTER TABLE app.items ALTER COLUMN note DROP IDENTITY;\n"),
    Mistake(&["ban-drop-trigger"], "DROP TRIGGER trg_items_x ON app.items;\n"),
    Mistake(&["ban-disable-trigger"], "ALTER TABLE app.items DISABLE TRIGGER ALL;\n"),
    Mistake(&["ban-drop-policy"], "DROP POLICY mine ON app.items;\n"),
    Mistake(&["ban-replica-identity"], "ALTER TABLE app.items REPLICA IDENTITY FULL;\n"),
    Mistake(&["ban-drop-database"], "DROP DATABASE shop;\n"),
    Mistake(&["ban-truncate-cascade"], "TRUNCATE app.items CASCADE;\n"),
    Mistake(&["ban-create-domain-with-constraint"], "CREATE DOMAIN app.small AS text CHECK (length(value) < 9);\n"),
    Mistake(
        &["ban-alter-domain-with-add-constraint"],
        "ALTER DOMAIN app.code ADD CONSTRAINT ck_code CHECK (length(value) < 9);\n",
    ),
    Mistake(&["require-enum-value-ordering"], "ALTER TYPE app.mood ADD VALUE 'fair';\n"),
    Mistake(
        &["ban-duplicate-column-assignments", "ban-duplicate-column-assignments"],
        "UPDATE app.items SET note = 'a', note = 'b' WHERE title = 'x';\n",
    ),
    Mistake(&["prefer-robust-stmts"], "CREATE INDEX CONCURRENTLY idx_items_title ON app.items (title);\n"),
    Mistake(
        &["mixed-no-transaction"],
        "CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_items_title ON app.items (title);\n\
         COMMENT ON TABLE app.items IS 'Things.';\n",
    ),
    Mistake(&["unnamed-concurrent-index"], "CREATE INDEX CONCURRENTLY ON app.items (title);\n"),
    Mistake(
        &["prefer-bigint-over-int"],
        "CREATE TABLE app.logs (id integer NOT NULL, level integer, CONSTRAINT pk_logs PRIMARY KEY (id));\n",
    ),
    Mistake(&["prefer-bigint-over-smallint"], "CREATE TABLE app.logs (level smallint);\n"),
    Mistake(&["prefer-identity"], "CREATE TABLE app.logs (id bigserial PRIMARY KEY);\n"),
    Mistake(&["prefer-text-field"], "CREATE TABLE app.logs (line varchar(80));\n"),
    Mistake(&["ban-char-field"], "CREATE TABLE app.logs (kind char(2));\n"),
    Mistake(&["prefer-timestamp-tz"], "CREATE TABLE app.logs (at timestamp NOT NULL);\n"),
    Mistake(&["add-json-column"], "ALTER TABLE app.items ADD COLUMN json json;\n"),
    Mistake(&["prefer-repack"], "VACUUM FULL app.items;\n"),
    Mistake(
        &["require-table-schema", "require-table-schema"],
        "CREATE VIEW app.mine AS SELECT * FROM items JOIN app.users ON true;\nDELETE FROM nowhere WHERE id = 1;\n",
    ),
    Mistake(&["search-path-change"], "SET LOCAL search_path = app;\n"),
    Mistake(&["search-path-change"], "SELECT set_config('search_path', '', false);\n"),
    Mistake(&["set-instead-of-set-local"], "SET work_mem = '1GB';\n"),
    Mistake(&["timeout-override"], "SET LOCAL lock_timeout = '1min';\n"),
    Mistake(
        &["add-exclusion-constraint"],
        "ALTER TABLE app.items ADD CONSTRAINT ex_items EXCLUDE USING gist (title WITH =);\n",
    ),
    Mistake(&["unparsed-statement"], "ALTER TABLE app.items FLY TO the.moon;\nCREATE SCHEMA other;\n"),
    Mistake(&["identifier-too-long"], LONG),
    Mistake(
        &["fk-without-index", "cross-db-reference"],
        "CREATE TABLE app.orders (\n    id uuid PRIMARY KEY,\n    account_id uuid REFERENCES auth.accounts (id)\n);\n",
    ),
    Mistake(&["if-not-exists-in-transaction"], "CREATE SCHEMA IF NOT EXISTS other;\n"),
    Mistake(
        &["prefer-robust-stmts", "data-dependent-unique"],
        "CREATE UNIQUE INDEX CONCURRENTLY uq_items_title ON app.items (title);\n",
    ),
    Mistake(
        &["ban-drop-default"],
        "ALTER TABLE app.items\n    ALTER COLUMN note SET DEFAULT 'a',\n    ALTER COLUMN title DROP DEFAULT;\n",
    ),
    Mistake(&["table-rewrite"], "ALTER TABLE app.items SET UNLOGGED;\n"),
    Mistake(&["ban-disable-row-security"], "ALTER TABLE app.items DISABLE ROW LEVEL SECURITY;\n"),
    Mistake(&["unread-block"], "DO $$ BEGIN\n    ALTER TABLE app.items DROP COLUMN note;\nEND $$;\n"),
    Mistake(&["adding-field-with-default", "prefer-identity"], "ALTER TABLE app.items ADD COLUMN number bigserial;\n"),
    Mistake(&["unbounded-dml"], "TRUNCATE app.items;\n"),
    Mistake(&["unbounded-dml"], "WITH one AS (SELECT 1 WHERE true) UPDATE app.items SET note = '';\n"),
    Mistake(&["cross-db-reference"], "CREATE RULE r AS ON DELETE TO auth.accounts DO INSTEAD NOTHING;\n"),
    Mistake(&["table-owner-mismatch"], "CREATE TABLE auth.accounts (id uuid PRIMARY KEY);\n"),
    Mistake(&["unknown-table"], "INSERT INTO app.itmes (id) SELECT id FROM app.users;\n"),
    Mistake(&["unknown-table"], "ALTER TABLE app.orders ADD COLUMN note text;\n"),
    Mistake(&["unknown-table"], "COMMENT ON COLUMN shop.items.note IS 'In words.';\n"),
    Mistake(&["cross-db-reference"], "INSERT INTO core.accounts (id) SELECT id FROM app.users;\n"),
    Mistake(
        &["cross-db-reference"],
        "UPDATE app.items SET note = '' FROM core.auth.people AS p WHERE p.id = owner_id;\n",
    ),
    Mistake(&["unbounded-dml"], "DELETE FROM app.items WHERE true;\n"),
    Mistake(&["unbounded-dml"], "UPDATE app.items SET note = '' WHERE (id = id OR note IS NULL);\n"),
    Mistake(&["unbounded-dml"], "WITH gone AS (DELETE FROM app.items RETURNING id) SELECT count(*) FROM gone;\n"),
    Mistake(
        &["merge-delete"],
        "MERGE INTO app.items AS i USING app.users AS u ON u.id = i.owner_id\n    WHEN MATCHED THEN DELETE;\n",
    ),
    Mistake(&["ban-drop-owned"], "DROP OWNED BY clerk;\n"),
    Mistake(&["ban-alter-system"], "ALTER SYSTEM SET work_mem = '1GB';\n"),
    Mistake(&["lock-table"], "LOCK TABLE app.items;\n"),
    Mistake(&["lock-table"], "LOCK app.users, app.items IN SHARE MODE;\n"),
    Mistake(
        &["unproven-partition"],
        "ALTER TABLE app.events\n    ATTACH PARTITION app.events_old FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n",
    ),
    Mistake(&["blocking-refresh"], "REFRESH MATERIALIZED VIEW app.titles;\n"),
    Mistake(&["grant-to-public"], "GRANT SELECT ON app.items TO reader, PUBLIC;\n"),
    Mistake(&["grant-to-public"], "ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO public;\n"),
    Mistake(
        &["ban-duplicate-column-assignments", "ban-duplicate-column-assignments"],
        "CREATE TABLE app.logs (line text, at timestamptz, line text);\n",
    ),
    Mistake(
        &["prefer-robust-stmts", "refused-on-partitioned"],
        "CREATE INDEX CONCURRENTLY idx_events_at ON app.events (at);\n",
    ),
    Mistake(
        &["prefer-robust-stmts", "data-dependent-unique", "refused-on-partitioned"],
        "CREATE UNIQUE INDEX CONCURRENTLY uq_events_id ON ONLY app.events (id, at);\n",
    ),
    Mistake(
        &["refused-on-partitioned", "fk-without-index"],
        "ALTER TABLE app.events\n    ADD CONSTRAINT fk_events_items FOREIGN KEY (id) REFERENCES app.items (id) NOT VALID;\n",
    ),
    Mistake(
        &["refused-on-partitioned"],
        "ALTER TABLE app.events ADD CONSTRAINT pk_events PRIMARY KEY USING INDEX uq_events_id;\n",
    ),
    Mistake(&["table-owner-mismatch"], "CREATE TABLE app.accounts (id uuid PRIMARY KEY);\n"),
    Mistake(
        &["require-table-schema", "renaming-object", "require-table-schema"],
        "ALTER INDEX idx_items_owner_id RENAME TO idx_items_owner;\nCOMMENT ON INDEX pk_items IS 'By id.';\n",
    ),
];

#[tokio::test]
async fn what_the_batch_made_is_nobodys_yet() {
    let house = House::released(&FILES);
    let first = "CREATE TABLE app.carts (id uuid NOT NULL, owner_id uuid, CONSTRAINT pk_carts PRIMARY KEY (id));\n\
                 ALTER TABLE app.items ADD COLUMN cart_id uuid;\n\
                 CREATE TYPE app.kind AS ENUM ('a');\nCREATE VIEW app.all_carts AS SELECT * FROM app.carts;\n";
    let second = "CREATE INDEX idx_carts_owner_id ON app.carts (owner_id);\n\
                  ALTER TABLE app.carts ADD COLUMN note text NOT NULL;\n\
                  ALTER TABLE app.carts ALTER COLUMN note TYPE varchar USING note::varchar, ALTER COLUMN note SET NOT NULL;\n\
                  ALTER TABLE app.carts ADD CONSTRAINT fk_carts_users FOREIGN KEY (owner_id) REFERENCES app.users (id);\n\
                  ALTER TABLE app.carts ADD CONSTRAINT uq_carts_note UNIQUE (note);\n\
                  ALTER TABLE app.carts RENAME COLUMN note TO remark;\nALTER TABLE app.carts RENAME TO baskets;\n\
                  ALTER TABLE app.items RENAME COLUMN cart_id TO basket_id;\n\
                  UPDATE app.baskets SET remark = '';\nINSERT INTO app.baskets (id) SELECT id FROM app.users;\n\
                  ALTER TYPE app.kind ADD VALUE 'b';\nDROP INDEX app.idx_carts_owner_id;\n\
                  CREATE INDEX idx_baskets_owner_id ON app.baskets (owner_id);\nDROP VIEW app.all_carts;\n";
    house.migration(Engine::Postgres, "20260201000000_first", first, "DROP TABLE app.carts;\n");
    house.migration(
        Engine::Postgres,
        "20260202000000_second",
        second,
        "ALTER TABLE app.items DROP COLUMN basket_id;\n",
    );
    let report = house.lint(Engine::Postgres).await;
    assert_eq!(rules(&report), [] as [&str; 0], "{}", text(&report.findings));
    assert_eq!(report.files, 4);
}

#[tokio::test]
async fn a_constraint_is_proven_over_several_files() {
    let house = House::released(&FILES);
    let steps = [
        (
            "20260201000000_add",
            "ALTER TABLE app.items ADD CONSTRAINT ck_items_note CHECK (note IS NOT NULL) NOT VALID;\n",
        ),
        ("20260202000000_prove", "ALTER TABLE app.items VALIDATE CONSTRAINT ck_items_note;\n"),
        (
            "20260203000000_set",
            "ALTER TABLE app.items ALTER COLUMN note SET NOT NULL;\nALTER TABLE app.items DROP CONSTRAINT ck_items_note;\n",
        ),
    ];
    for (stem, sql) in steps {
        house.migration(Engine::Postgres, stem, sql, "SELECT 1;\n");
    }
    assert_eq!(rules(&house.lint(Engine::Postgres).await), [] as [&str; 0]);
    house.migration(Engine::Postgres, steps[1].0, "SELECT 1;\n", "SELECT 1;\n");
    assert_eq!(rules(&house.lint(Engine::Postgres).await), ["adding-not-nullable-field"]);
}

#[tokio::test]
async fn rows_and_schema_are_changed_apart() {
    let house = House::released(&FILES);
    let lint = async |sql: &str| {
        house.migration(Engine::Postgres, "20260201000000_case", sql, "SELECT 1;\n");
        house.lint(Engine::Postgres).await
    };
    let alter = "ALTER TABLE app.items ADD COLUMN price bigint;\n";
    let both = lint(&format!("{alter}UPDATE app.items SET price = 0;\n")).await;
    assert_eq!(rules(&both), ["backfill-in-ddl", "unbounded-dml"]);
    insta::assert_snapshot!(text(&both.findings));
    let rows = lint("UPDATE app.items SET price = 0 WHERE price IS NULL;\n").await;
    assert_eq!(rules(&rows), [] as [&str; 0]);
    let new = format!("{alter}CREATE TABLE app.kinds (code text PRIMARY KEY);\nINSERT INTO app.kinds VALUES ('a');\n");
    assert_eq!(rules(&lint(&new).await), [] as [&str; 0]);
}

#[tokio::test]
async fn the_way_back_is_read_for_locks_alone() {
    let house = House::released(&FILES);
    let down = "ALTER TABLE app.items DROP COLUMN note;\nALTER TABLE app.items RENAME COLUMN title TO name;\n\
                DROP INDEX app.idx_items_owner_id;\n";
    house.migration(Engine::Postgres, "20260201000000_case", "SELECT 1;\n", down);
    assert_eq!(rules(&house.lint(Engine::Postgres).await), ["require-concurrent-index-deletion"]);
}

#[tokio::test]
async fn what_stands_between_statements_does_not_count() {
    let house = House::released(&FILES);
    let sql = "DROP TABLE app.users /* ; */ -- ö;\n ;; COMMENT ON TABLE app.items IS 'ö'\n;\t\nDROP TABLE app.items";
    house.migration(Engine::Postgres, "20260201000000_case", sql, "SELECT 1 ;\n");
    let report = house.lint(Engine::Postgres).await;
    assert_eq!(rules(&report), ["ban-drop-table", "ban-drop-table"], "{}", text(&report.findings));
}

#[tokio::test]
async fn a_statement_that_cannot_be_parsed_hides_no_other() {
    let house = House::released(&FILES);
    let sql = "ALTER TABLE app.items FLY;\nDROP TABLE app.users;\nCREATE TABEL x (a int);\nALTER TABLE app.items DROP COLUMN note;\n";
    house.migration(Engine::Postgres, "20260201000000_case", sql, "SELECT 1;\n");
    let report = house.lint(Engine::Postgres).await;
    assert_eq!(rules(&report), ["unparsed-statement", "ban-drop-table", "unparsed-statement", "ban-drop-column"]);
}

#[tokio::test]
async fn an_index_of_a_parent_alone_keeps_nobody_waiting() {
    let house = House::released(&FILES);
    let lint = async |sql: &str| {
        house.migration(Engine::Postgres, "20260201000000_case", sql, "SELECT 1;\n");
        house.lint(Engine::Postgres).await
    };
    let parent = lint("CREATE INDEX idx_events_at ON ONLY app.events (at);\n").await;
    assert_eq!(rules(&parent), [] as [&str; 0], "{}", text(&parent.findings));
    for sql in [
        "CREATE INDEX idx_events_at ON app.events (at);\n",
        "CREATE INDEX idx_events_2026_at ON ONLY app.events_2026 (at);\n",
        "CREATE INDEX idx_items_title ON ONLY app.items (title);\n",
    ] {
        assert_eq!(rules(&lint(sql).await), ["require-concurrent-index-creation"], "{sql}");
    }
}

#[tokio::test]
async fn an_index_over_partitions_goes_at_once_and_by_its_full_name() {
    let house = House::released(&FILES);
    let made = "CREATE INDEX idx_events_at ON ONLY app.events (at);\n";
    house.migration(Engine::Postgres, "20260201000000_make", made, "DROP INDEX app.idx_events_at;\n");
    let lint = async |sql: &str| {
        house.migration(Engine::Postgres, "20260202000000_case", sql, "SELECT 1;\n");
        house.lint(Engine::Postgres).await
    };
    let concurrently = lint("DROP INDEX CONCURRENTLY IF EXISTS app.idx_events_at;\n").await;
    assert_eq!(rules(&concurrently), ["refused-on-partitioned"], "{}", text(&concurrently.findings));
    for (sql, times) in [
        ("DROP INDEX app.idx_events_at;\n", 0),
        ("DROP INDEX IF EXISTS idx_events_at, app.idx_other, idx_another;\n", 2),
        ("ALTER INDEX idx_events_at ATTACH PARTITION idx_events_2026_at;\n", 2),
        ("ALTER INDEX app.idx_events_at ATTACH PARTITION app.idx_events_2026_at;\n", 0),
        ("ALTER INDEX ALL IN TABLESPACE slow SET TABLESPACE fast;\n", 0),
    ] {
        let report = lint(sql).await;
        let told = rules(&report).iter().filter(|rule| **rule == "require-table-schema").count();
        assert_eq!(told, times, "{sql}{}", text(&report.findings));
    }
}
