//! Mistakes made by hand: each is found, and what is said to mend it does.

use super::*;

/// What is done by hand, and what is said about it.
type Mistake = (&'static str, &'static str);

const BOTH: &[Mistake] = &[
    ("ALTER TABLE {app}things ADD COLUMN extra text", "column extra, drift: folder nothing; live"),
    ("ALTER TABLE {app}parts DROP COLUMN seller_id", "column seller_id, drift: folder {"),
    ("DROP INDEX {app}idx_things_note", "index idx_things_note, drift: folder {"),
    ("CREATE INDEX by_hand ON {app}things (created_at)", "index by_hand, drift: folder nothing"),
    (
        "DROP INDEX {app}idx_things_size; CREATE UNIQUE INDEX idx_things_size ON {app}things (size)",
        "idx_things_size, unique",
    ),
    (
        "DROP INDEX {app}idx_things_note; CREATE INDEX idx_things_note ON {app}things (note) WHERE note <> ''",
        "index idx_things_note, predicate",
    ),
    ("CREATE TABLE {app}by_hand (id {int})", "by_hand, drift: folder nothing"),
    ("DROP VIEW {app}noted", "noted, drift: folder {"),
    ("DROP VIEW {app}noted; CREATE VIEW {app}noted AS SELECT id, note FROM {app}things", "noted, definition"),
    ("CREATE VIEW {app}by_hand AS SELECT 1 AS one", "by_hand, drift: folder nothing"),
    ("ALTER TABLE {app}things RENAME COLUMN note TO remark", "column note, drift"),
    ("DROP TABLE {app}parts", "parts, drift: folder {"),
];

const POSTGRES: &[Mistake] = &[
    (
        "ALTER TABLE app.things ALTER COLUMN amount TYPE bigint",
        "column amount, type, drift: folder integer; live bigint",
    ),
    ("ALTER TABLE app.things ALTER COLUMN amount SET DEFAULT 2", "column amount, default, drift: folder 1; live 2"),
    (
        "ALTER TABLE app.things ALTER COLUMN amount DROP DEFAULT",
        "column amount, default, drift: folder 1; live nothing",
    ),
    ("ALTER TABLE app.things ALTER COLUMN note SET NOT NULL", "column note, nullable, drift: folder true; live false"),
    ("ALTER TABLE app.things DROP CONSTRAINT ck_things_amount", "check ck_things_amount, drift: folder {"),
    ("ALTER TABLE app.things ADD CONSTRAINT ck_hand CHECK (amount < 8)", "check ck_hand, drift: folder nothing"),
    (
        "ALTER TABLE app.things DROP CONSTRAINT ck_things_size; ALTER TABLE app.things ADD CONSTRAINT ck_things_size \
         CHECK (size > 1) NOT VALID",
        "check ck_things_size, not valid",
    ),
    ("ALTER TABLE app.things RENAME COLUMN size TO scale", "column size, drift: folder {"),
    ("ALTER TABLE app.things DROP COLUMN size", "check ck_things_size, drift: folder {"),
    (
        "ALTER TABLE app.parts DROP CONSTRAINT fk_parts_things; ALTER TABLE app.parts ADD CONSTRAINT fk_parts_things \
         FOREIGN KEY (thing_id) REFERENCES app.things (id) ON DELETE RESTRICT ON UPDATE CASCADE",
        "foreign key fk_parts_things, on delete, drift: folder cascade; live restrict",
    ),
    ("ALTER TABLE app.parts DROP CONSTRAINT fk_parts_things", "foreign key fk_parts_things, drift: folder {"),
    ("ALTER TABLE app.things DROP CONSTRAINT uq_things_code", "unique constraint uq_things_code, drift: folder {"),
    ("ALTER TABLE app.parts DROP CONSTRAINT pk_parts", "primary key, drift: folder {"),
    (
        "ALTER TABLE app.things DISABLE TRIGGER trg_things_touch",
        "trigger trg_things_touch, state, drift: folder nothing; live disabled",
    ),
    ("DROP TRIGGER trg_things_touch ON app.things", "trigger trg_things_touch, drift: folder {"),
    (
        "CREATE OR REPLACE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        "function app.touch(), definition",
    ),
    (
        "CREATE FUNCTION app.by_hand() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "function app.by_hand(), drift: folder nothing",
    ),
    ("GRANT EXECUTE ON FUNCTION app.touch() TO PUBLIC", "function app.touch(), grants"),
    ("GRANT SELECT ON app.things TO PUBLIC", "table app.things, grants"),
    ("GRANT UPDATE (note) ON app.things TO PUBLIC", "column note, grants"),
    ("GRANT USAGE ON SCHEMA app TO PUBLIC", "schema app, grants"),
    ("ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC", "schema app, default grants"),
    ("CREATE POLICY by_hand ON app.parts USING (true)", "policy by_hand, drift: folder nothing"),
    ("DROP POLICY pol_parts ON app.parts", "policy pol_parts, drift: folder {"),
    (
        "ALTER TABLE app.parts DISABLE ROW LEVEL SECURITY",
        "table app.parts, row security, drift: folder on; live nothing",
    ),
    (
        "COMMENT ON TABLE app.things IS 'it''s another'",
        "table app.things, comment, drift: folder What there is.; live it's another",
    ),
    ("COMMENT ON COLUMN app.things.note IS NULL", "column note, comment, drift: folder Said about it.; live nothing"),
    ("COMMENT ON INDEX app.idx_things_note IS 'by hand'", "index idx_things_note, comment"),
    ("ALTER TABLE app.things SET (fillfactor = 70)", "table app.things, options"),
    ("ALTER SEQUENCE app.numbers INCREMENT 5", "sequence app.numbers, definition"),
    ("CREATE TYPE app.by_hand AS ENUM ('x')", "type app.by_hand, drift: folder nothing"),
    ("DROP FUNCTION app.touch() CASCADE", "function app.touch(), drift: folder {"),
    ("DROP TYPE app.mood", "type app.mood, drift: folder {"),
    ("DROP SEQUENCE app.numbers", "sequence app.numbers, drift: folder {"),
    ("DROP TABLE app.\"order\"", "table app.order, drift: folder {"),
    ("DROP TABLE app.things CASCADE", "table app.things, drift: folder {"),
    ("DROP SCHEMA app CASCADE", "schema app, drift: folder {"),
    (
        "ALTER TABLE app.things ADD COLUMN extra integer; CREATE VIEW app.on_hand AS SELECT extra FROM app.things",
        "view app.on_hand, drift",
    ),
    (
        "CREATE TYPE app.hand AS ENUM ('x'); CREATE FUNCTION app.hand(app.hand) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "function app.hand(app.hand), drift: folder nothing",
    ),
    ("CREATE SCHEMA by_hand", "schema by_hand, drift: folder nothing"),
    ("DROP INDEX app.idx_order_at", "table app.order, index idx_order_at, drift: folder {"),
    (
        "ALTER TABLE app.order_2026 ADD CONSTRAINT ck_hand CHECK (\"from\" < 9)",
        "partition app.order_2026, table, check ck_hand, drift",
    ),
    ("CREATE INDEX by_hand ON app.order_2026 (\"from\")", "partition app.order_2026, table, index by_hand, drift"),
    ("ALTER TABLE app.\"order\" DETACH PARTITION app.order_rest", "partition app.order_rest, drift: folder {"),
    ("ALTER TABLE app.\"order\" DETACH PARTITION app.order_2026", "table app.order_2026, drift: folder nothing"),
    ("DROP TABLE app.order_rest", "partition app.order_rest, drift: folder {"),
    (
        "CREATE TABLE app.order_2027 PARTITION OF app.\"order\" FOR VALUES FROM ('2027-01-01') TO ('2028-01-01'); \
         CREATE INDEX by_hand ON app.order_2027 (\"from\" DESC)",
        "partition app.order_2027, index by_hand, drift: folder nothing",
    ),
    (
        "CREATE RULE by_hand AS ON DELETE TO app.parts DO INSTEAD NOTHING",
        "the rule by_hand on app.parts, drift: folder nothing",
    ),
    (
        "ALTER TABLE app.things ENABLE ROW LEVEL SECURITY",
        "table app.things, row security, drift: folder nothing; live on",
    ),
    ("ALTER TABLE app.parts FORCE ROW LEVEL SECURITY", "table app.parts, row security, drift: folder on; live forced"),
    ("ALTER TABLE app.order_rest SET UNLOGGED", "partition app.order_rest, table, options"),
    (
        "DROP INDEX app.idx_things_size; CREATE INDEX idx_things_size ON app.things (size NULLS FIRST)",
        "table app.things, index idx_things_size, columns",
    ),
    (
        "DROP INDEX app.idx_things_note; CREATE INDEX idx_things_note ON app.things (note text_pattern_ops) \
         WHERE note IS NOT NULL",
        "table app.things, index idx_things_note, columns",
    ),
    (
        "ALTER TABLE app.parts DROP CONSTRAINT fk_parts_things; ALTER TABLE app.parts ADD CONSTRAINT fk_parts_things \
         FOREIGN KEY (thing_id) REFERENCES app.things (id) ON DELETE CASCADE NOT VALID",
        "foreign key fk_parts_things, not valid, drift: folder nothing; live true",
    ),
    ("ALTER TABLE app.things DROP CONSTRAINT pk_things CASCADE", "table app.things, primary key, drift: folder {"),
    (
        "DROP VIEW app.noted; ALTER TABLE app.things ALTER COLUMN note TYPE varchar(80); \
         CREATE VIEW app.noted AS SELECT id, note FROM app.things WHERE note IS NOT NULL",
        "column note, type, drift: folder text; live character varying(80)",
    ),
    (
        "ALTER TABLE app.things ALTER COLUMN size TYPE bigint; \
         CREATE TRIGGER by_hand BEFORE UPDATE OF size ON app.things FOR EACH ROW EXECUTE FUNCTION app.touch()",
        "column size, type, drift: folder integer; live bigint",
    ),
    (
        "DROP INDEX app.idx_order_at; CREATE INDEX idx_order_at ON ONLY app.\"order\" (at)",
        "table app.order, index idx_order_at, invalid index",
    ),
    (
        "CREATE INDEX by_hand ON app.things (note) WHERE note IS NOT NULL",
        "index by_hand, duplicate index: live it is the same as idx_things_note",
    ),
];

const SQLITE: &[Mistake] = &[
    ("DROP TRIGGER trg_things_touch", "trigger trg_things_touch, drift: folder {"),
    ("CREATE TRIGGER by_hand AFTER DELETE ON things BEGIN SELECT 1; END", "trigger by_hand, drift: folder nothing"),
    (
        "DROP TRIGGER trg_things_touch; CREATE TRIGGER trg_things_touch AFTER UPDATE ON things BEGIN SELECT 2; END",
        "trigger trg_things_touch, definition",
    ),
    (
        "CREATE INDEX by_hand ON things (note) WHERE note IS NOT NULL",
        "index by_hand, duplicate index: live it is the same as idx_things_note",
    ),
    (
        "DROP INDEX idx_things_size; CREATE INDEX idx_things_size ON things (size DESC)",
        "index idx_things_size, columns",
    ),
    (
        "DROP TRIGGER trg_things_touch; CREATE TRIGGER trg_things_touch AFTER UPDATE ON things BEGIN SELECT 1 WHERE 'a' = 'A'; END",
        "trigger trg_things_touch, definition",
    ),
];

/// The definition of `parts` in the file, by which the definition by hand is another: what, by what, and what is said.
const REWRITTEN: &[(&str, &str, &str)] = &[
    ("ON DELETE CASCADE", "ON DELETE SET NULL", "fk_parts_things, on delete, drift: folder cascade; live set null"),
    ("user_id BLOB", "user_id TEXT", "column user_id, type, drift: folder BLOB; live TEXT"),
    ("thing_id BLOB NOT NULL", "thing_id BLOB", "column thing_id, nullable, drift: folder false; live true"),
    ("user_id BLOB", "user_id BLOB DEFAULT x'00'", "column user_id, default, drift: folder nothing; live"),
    ("thing_id BLOB NOT NULL", "thing_id BLOB NOT NULL ON CONFLICT IGNORE", "table parts, options"),
    ("ON DELETE CASCADE\n)", "ON DELETE CASCADE\n) WITHOUT ROWID", "table parts, options"),
    (" CONSTRAINT pk_parts PRIMARY KEY", " CONSTRAINT pk_parts PRIMARY KEY CHECK (id > 0)", "check (id > 0), drift"),
];

async fn caught_and_mended(test: &TestFleet, made: &str, expected: &str) {
    let made = atriz_testing::for_engine(test.engine, made);
    run(test, "shop", std::slice::from_ref(&made)).await;
    let found = told(test).await;
    assert!(lines(&found).contains(expected), "{made}\nexpected: {expected}\ntold:\n{}", lines(&found));
    assert!(found.iter().all(|finding| !finding.mend.is_empty()), "{found:#?}");
    let mend: Vec<String> = found.iter().flat_map(|finding| finding.mend.clone()).collect();
    run(test, "shop", &mend).await;
}

/// All that was done by hand is mended, so nothing is left to tell.
async fn all_is_mended(test: &TestFleet) {
    let left = told(test).await;
    assert!(left.is_empty(), "still told:\n{}", lines(&left));
}

both_engines! {
    async fn mistakes_are_caught_and_mended(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        let own = if engine == Engine::Postgres { POSTGRES } else { SQLITE };
        for (made, expected) in BOTH.iter().chain(own) {
            caught_and_mended(&test, made, expected).await;
        }
        all_is_mended(&test).await;
    }
}

#[test]
fn rows_without_a_value_are_counted_and_filled() {
    atriz_testing::run(Engine::Postgres, "live::empty", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        let id = "'00000000-0000-7000-8000-00000000000";
        let made = [
            "ALTER TABLE app.things ALTER COLUMN amount DROP NOT NULL, ALTER COLUMN code DROP NOT NULL".to_owned(),
            format!(
                "INSERT INTO app.things (id, code, amount, created_at) VALUES ({id}1', 'a', NULL, now()), \
                 ({id}2', 'b', NULL, now()), ({id}3', NULL, 3, now())"
            ),
        ];
        run(&test, "shop", &made).await;
        let found = told(&test).await;
        let line = lines(&found);
        assert!(
            line.contains("column amount, nullable, drift: folder false; live true, and 2 rows have no value"),
            "{line}"
        );
        assert!(
            line.contains("column code, nullable, drift: folder false; live true, and 1 row has no value"),
            "{line}"
        );
        let (known, unknown): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.object.contains("amount"));
        assert_eq!(known[0].mend[0], "UPDATE \"app\".\"things\" SET \"amount\" = 1 WHERE \"amount\" IS NULL");
        assert!(unknown[0].mend[0].starts_with("-- 1 row has no value"), "{:?}", unknown[0].mend);
        run(&test, "shop", &known[0].mend).await;
        let session = test.session("shop").await;
        assert!(execute(&session.connection, unknown[0].mend.last().unwrap()).await.is_err(), "nobody knows its value");
        execute(&session.connection, "UPDATE app.things SET code = 'c' WHERE code IS NULL").await.unwrap();
        session.close().await;
        run(&test, "shop", &unknown[0].mend).await;
        all_is_mended(&test).await;
    });
}

#[test]
fn a_rebuild_fills_rows_without_a_value() {
    atriz_testing::run(Engine::Sqlite, "live::empty_sqlite", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        let things = THINGS_UP.split("CREATE TABLE {app}things").nth(1).unwrap().split(';').next().unwrap();
        let things = atriz_testing::for_engine(engine, things)
            .replace("amount INTEGER NOT NULL DEFAULT 1", "amount INTEGER DEFAULT 1");
        let made = format!(
            "DROP VIEW noted; DROP TABLE things; CREATE TABLE things {things}; \
             CREATE INDEX idx_things_note ON things (note) WHERE note IS NOT NULL; CREATE INDEX idx_things_size ON things (size); \
             CREATE VIEW noted AS SELECT id, note FROM things WHERE note IS NOT NULL; {SQLITE_UP}; \
             INSERT INTO things (id, code, amount, created_at) VALUES (x'01', 'a', NULL, '2026')"
        );
        run(&test, "shop", &[made]).await;
        let found = told(&test).await;
        assert!(
            lines(&found).contains("column amount, nullable, drift: folder false; live true, and 1 row has no value"),
            "{}",
            lines(&found)
        );
        let mend: Vec<String> = found.into_iter().flat_map(|finding| finding.mend).collect();
        run(&test, "shop", &mend).await;
        all_is_mended(&test).await;
        let session = test.session("shop").await;
        assert_eq!(atriz_testing::number(&session.connection, "SELECT amount FROM things").await, 1);
        session.close().await;
    });
}

#[test]
fn constraints_that_the_folder_never_made_valid_are_told() {
    atriz_testing::run(Engine::Postgres, "live::not_valid", |engine| async move {
        let workspace = Workspace::new();
        let all = databases(&workspace);
        workspace.migration_only(
            engine,
            "shop",
            "20260101000200_add_check",
            "ALTER TABLE app.things ADD CONSTRAINT ck_things_code CHECK (length(code) < 9) NOT VALID;",
            "ALTER TABLE app.things DROP CONSTRAINT ck_things_code;",
        );
        let test = TestFleet::prepared(engine, all).await;
        let found = told(&test).await;
        assert_eq!(
            lines(&found),
            "shop: table app.things, check ck_things_code, constraint not valid: live it is not valid: the rows from before \
             it were never looked at"
        );
        run(&test, "shop", &found[0].mend).await;
        all_is_mended(&test).await;
    });
}

both_engines! {
    /// It costs writes and is no mistake for sure.
    async fn an_index_that_begins_another_is_a_note(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        let made = atriz_testing::for_engine(engine, "CREATE INDEX by_hand ON {app}things (code)");
        run(&test, "shop", &[made]).await;
        let seen = look_at(&test, &["shop"]).await;
        assert_eq!(seen.findings().count(), 1, "it is drift, and nothing else");
        let table = if engine == Engine::Postgres { "app.things" } else { "things" };
        let note = format!("table {table}: index by_hand is the beginning of uq_things_code, which serves as well");
        assert_eq!(seen.databases[0].notes, [note]);
    }
}

#[test]
fn tables_of_sqlite_are_rebuilt_where_alter_cannot() {
    atriz_testing::run(Engine::Sqlite, "live::rebuilt", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        for (was, is, expected) in REWRITTEN {
            let parts = THINGS_UP.split("CREATE TABLE {app}parts").nth(1).unwrap().split(';').next().unwrap();
            let parts = atriz_testing::for_engine(engine, parts);
            assert!(parts.contains(was), "{was} is not in {parts}");
            let indexes = "CREATE INDEX idx_parts_thing_id ON parts (thing_id); CREATE INDEX idx_parts_user_id ON parts (user_id)";
            let made = format!("DROP TABLE parts; CREATE TABLE parts {}; {indexes}", parts.replacen(was, is, 1));
            caught_and_mended(&test, &made, expected).await;
        }
        all_is_mended(&test).await;
    });
}
