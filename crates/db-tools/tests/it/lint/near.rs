//! What is nearly a mistake, and none.

use atriz_db::Engine;

use super::postgres::FILES;
use super::support::{CASE, House, rules, text};

const NEAR: [&str; 22] = [
    "INSERT INTO app.items (id, title) SELECT id, name FROM app.users;\n",
    "CREATE TABLE app.itmes (id uuid PRIMARY KEY);\nINSERT INTO app.itmes VALUES (gen_random_uuid());\n",
    "ALTER TABLE IF EXISTS app.never ADD COLUMN a text;\n",
    "SELECT count(*) FROM information_schema.tables JOIN pg_catalog.pg_class ON relname = table_name;\n",
    "UPDATE app.titles SET title = 'a' WHERE title = 'b';\n",
    "INSERT INTO public.seed_history SELECT * FROM public.seed_history WHERE false;\n",
    "WITH n AS (SELECT 1 AS a) INSERT INTO app.items (title) SELECT a FROM n CROSS JOIN LATERAL generate_series(1, a);\n",
    "SELECT * INTO app.copied FROM app.items;\nDELETE FROM app.copied WHERE title = '';\n",
    "DO $$ BEGIN EXECUTE 'CREATE TABLE app.hidden (a text)'; END $$;\nINSERT INTO app.hidden VALUES ('a');\n",
    "DELETE FROM app.items WHERE note = 'true';\n",
    "UPDATE app.items SET note = '' WHERE title BETWEEN 'a' AND 'b' OR note = title;\n",
    "MERGE INTO app.items AS i USING app.users AS u ON u.id = i.owner_id\n    WHEN MATCHED AND u.name = '' THEN DELETE;\n",
    "REASSIGN OWNED BY clerk TO keeper;\n",
    "ALTER DATABASE shop SET work_mem = '1GB';\n",
    "LOCK TABLE app.items IN ROW EXCLUSIVE MODE;\n",
    "CREATE TABLE app.kinds (code text PRIMARY KEY);\nLOCK TABLE app.kinds;\n",
    "CREATE MATERIALIZED VIEW app.codes AS SELECT title FROM app.items;\nREFRESH MATERIALIZED VIEW app.codes;\n",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY app.titles;\n",
    "GRANT USAGE ON SCHEMA public TO reader;\nREVOKE ALL ON app.items FROM PUBLIC;\n",
    "GRANT SELECT ON app.items TO public_reader;\n",
    "CREATE TABLE app.events_2027 (id uuid NOT NULL, at timestamptz NOT NULL);\n\
     ALTER TABLE app.events ATTACH PARTITION app.events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');\n",
    "CREATE TABLE app.logs (line text, \"Line\" text);\n",
];

#[tokio::test]
async fn what_is_nearly_a_mistake_is_let_be() {
    let house = House::released(&FILES);
    for sql in NEAR {
        house.migration(Engine::Postgres, CASE, sql, "SELECT 1;\n");
        let mut report = house.lint(Engine::Postgres).await;
        // That a block is not read is worth knowing, and no mistake.
        report.findings.retain(|finding| finding.rule != "unread-block");
        assert_eq!(rules(&report), [] as [&str; 0], "{sql}{}", text(&report.findings));
    }
}

#[tokio::test]
async fn the_bounds_of_a_partition_are_proven_over_several_files() {
    let house = House::released(&FILES);
    let check = "CHECK (at >= '2025-01-01' AND at < '2026-01-01')";
    let write = |number: u32, sql: &str| {
        house.migration(Engine::Postgres, &format!("2026020{number}000000_case"), sql, "SELECT 1;\n");
    };
    write(1, &format!("ALTER TABLE app.events_old ADD CONSTRAINT ck_events_old_at {check} NOT VALID;\n"));
    write(2, "ALTER TABLE app.events_old VALIDATE CONSTRAINT ck_events_old_at;\n");
    let attach = "ALTER TABLE app.events ATTACH PARTITION app.events_old";
    write(3, &format!("{attach} FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n"));
    let report = house.lint(Engine::Postgres).await;
    assert_eq!(rules(&report), [] as [&str; 0], "{}", text(&report.findings));
    // Other bounds than those of the CHECK, or a CHECK that is not proven, show nothing.
    write(3, &format!("{attach} FOR VALUES FROM ('2024-01-01') TO ('2026-01-01');\n"));
    assert_eq!(rules(&house.lint(Engine::Postgres).await), ["unproven-partition"]);
    write(2, "SELECT 1;\n");
    write(3, &format!("{attach} FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');\n"));
    assert_eq!(rules(&house.lint(Engine::Postgres).await), ["unproven-partition"]);
}

#[tokio::test]
async fn the_way_back_may_name_what_was_there() {
    let house = House::released(&FILES);
    let (up, down) = (
        "DROP TABLE app.users;\n",
        "CREATE TABLE app.users (id uuid NOT NULL);\nUPDATE app.usres SET id = id WHERE id IS NULL;\n",
    );
    let up = format!("-- atriz: lint-ignore ban-drop-table \"nobody reads it\"\n{up}");
    house.migration(Engine::Postgres, CASE, &up, down);
    let report = house.lint(Engine::Postgres).await;
    assert_eq!(rules(&report), ["unknown-table"], "{}", text(&report.findings));
}
