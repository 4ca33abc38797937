//! Mistakes on SQLite.

use atriz_db::Engine;

use super::support::{House, Mistake, caught, rules, text};

const BASE: &str =
    "CREATE TABLE users (id BLOB NOT NULL, name TEXT NOT NULL, CONSTRAINT pk_users PRIMARY KEY (id)) STRICT;
CREATE TABLE items (
    id BLOB NOT NULL,
    owner_id BLOB,
    title TEXT NOT NULL,
    CONSTRAINT pk_items PRIMARY KEY (id),
    CONSTRAINT fk_items_users FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX idx_items_owner_id ON items (owner_id);
";

const FILES: [(&str, &str); 4] = [
    ("sqlite/20260101000000_base.up.sql", BASE),
    ("sqlite/20260101000000_base.down.sql", "DROP TABLE items;\nDROP TABLE users;\n"),
    ("postgres/20260101000000_base.up.sql", "-- atriz: only sqlite \"a test of one engine\"\n"),
    ("postgres/20260101000000_base.down.sql", "-- atriz: only sqlite \"a test of one engine\"\n"),
];

const REBUILD: &str =
    "CREATE TABLE users_new (id BLOB NOT NULL, name TEXT, CONSTRAINT pk_users PRIMARY KEY (id)) STRICT;
INSERT INTO users_new (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
";

const LONG: &str = "CREATE INDEX \
                    an_index_whose_name_goes_on_and_on_and_is_longer_than_what_postgresql_keeps ON items (title);\n";

const MISTAKES: [Mistake; 41] = [
    Mistake(&["sqlite-refused"], "CREATE TABLE a (b TEXT,, c TEXT) STRICT;\n"),
    Mistake(
        &["sqlite-refused"],
        "-- The column is called owner_id.\nCREATE INDEX idx_items_user_id\n    ON items (user_id);\n",
    ),
    Mistake(&["sqlite-refused"], "CREATE TABLE a (b VARCHAR(80)) STRICT;\n"),
    Mistake(&["sqlite-refused"], "INSERT INTO users (id, nick) VALUES (x'00', 'a');\n"),
    Mistake(&["sqlite-not-null-without-default"], "ALTER TABLE items ADD COLUMN price INTEGER NOT NULL;\n"),
    Mistake(&["sqlite-unsafe-rebuild"], REBUILD),
    Mistake(
        &["sqlite-rebuild-without-copy"],
        "-- atriz: rebuild
CREATE TABLE items_new (id BLOB NOT NULL, title TEXT NOT NULL, CONSTRAINT pk_items PRIMARY KEY (id)) STRICT;
DROP TABLE items;
ALTER TABLE items_new RENAME TO items;
",
    ),
    Mistake(
        &["sqlite-rebuild-without-copy"],
        "-- atriz: rebuild
CREATE TABLE items_new (id BLOB NOT NULL, title TEXT NOT NULL, CONSTRAINT pk_items PRIMARY KEY (id)) STRICT;
DROP TABLE items;
ALTER TABLE items_new RENAME TO items;
INSERT INTO items (id, title) SELECT id, title FROM items WHERE title <> '';
",
    ),
    Mistake(
        &["sqlite-rebuild-drops-column"],
        "-- atriz: rebuild
CREATE TABLE items_new (id BLOB NOT NULL, title TEXT NOT NULL, CONSTRAINT pk_items PRIMARY KEY (id)) STRICT;
INSERT INTO items_new (id, title) SELECT id, title FROM items;
DROP TABLE items;
ALTER TABLE items_new RENAME TO items;
",
    ),
    Mistake(&["sqlite-drop-referenced"], "DROP TABLE users;\n"),
    Mistake(&["sqlite-drop-table"], "DROP TABLE IF EXISTS items;\n"),
    Mistake(&["sqlite-unsupported-alter"], "ALTER TABLE items ADD CONSTRAINT uq_items_title UNIQUE (title);\n"),
    Mistake(&["sqlite-unsupported-alter"], "ALTER TABLE items ALTER COLUMN title SET NOT NULL;\n"),
    Mistake(&["sqlite-unsupported-alter"], "ALTER TABLE items DROP CONSTRAINT fk_items_users;\n"),
    Mistake(&["sqlite-unsupported-alter"], "ALTER INDEX idx_items_owner_id RENAME TO i;\n"),
    Mistake(&["sqlite-unsupported-alter"], "ALTER TABLE items ADD COLUMN code TEXT UNIQUE;\n"),
    Mistake(&["sqlite-unsupported-alter"], "ALTER TABLE items ADD COLUMN day TEXT DEFAULT CURRENT_DATE;\n"),
    Mistake(&["sqlite-unsupported-alter"], "ALTER TABLE items ADD COLUMN day TEXT DEFAULT (date('now'));\n"),
    Mistake(&["sqlite-unsupported-alter"], "ALTER TABLE items ADD COLUMN long TEXT AS (title || title) STORED;\n"),
    Mistake(&["sqlite-not-null-without-default"], "ALTER TABLE items ADD COLUMN a TEXT NOT NULL DEFAULT NULL;\n"),
    Mistake(&["sqlite-insert-or-replace"], "UPDATE OR REPLACE items SET id = x'00' WHERE title = '';\n"),
    Mistake(&["sqlite-multi-alter"], "ALTER TABLE items ADD COLUMN a TEXT,\n    ADD COLUMN b TEXT;\n"),
    Mistake(&["unbounded-dml"], "DELETE FROM items WHERE 1;\n"),
    Mistake(&["cross-db-reference"], "INSERT INTO core.accounts (id) VALUES (x'00');\n"),
    Mistake(&["sqlite-pragma"], "PRAGMA journal_mode = WAL;\n"),
    Mistake(&["sqlite-pragma"], "PRAGMA foreign_keys = OFF;\n"),
    Mistake(&["sqlite-vacuum-attach"], "VACUUM;\n"),
    Mistake(&["sqlite-vacuum-attach"], "ATTACH 'other.db' AS other;\n"),
    Mistake(&["sqlite-not-strict"], "CREATE TABLE a (b TEXT);\n"),
    Mistake(&["sqlite-double-quoted-string"], "DELETE FROM items WHERE \"title\" = \"old\";\n"),
    Mistake(&["sqlite-double-quoted-string"], "CREATE TABLE a (b TEXT DEFAULT \"none\") STRICT;\n"),
    Mistake(&["sqlite-drop-column"], "ALTER TABLE items DROP COLUMN title;\n"),
    Mistake(&["sqlite-rename"], "ALTER TABLE items RENAME COLUMN title TO name;\n"),
    Mistake(&["sqlite-rename"], "ALTER TABLE items RENAME TO things;\n"),
    Mistake(&["sqlite-autoincrement"], "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT) STRICT;\n"),
    Mistake(&["sqlite-insert-or-replace"], "INSERT OR REPLACE INTO users (id, name) VALUES (x'00', 'a');\n"),
    Mistake(&["data-dependent-unique"], "CREATE UNIQUE INDEX uq_items_title ON items (title);\n"),
    Mistake(
        &["wide-index"],
        "CREATE INDEX idx_items_all ON items (title, id, owner_id, lower(title), length(title));\n",
    ),
    Mistake(&["identifier-too-long"], LONG),
    Mistake(
        &["fk-without-index"],
        "CREATE TABLE notes (\n    item_id BLOB NOT NULL,\n    CONSTRAINT fk_notes_items FOREIGN KEY (item_id) REFERENCES items (id)\n) STRICT;\n",
    ),
    Mistake(&["cross-db-reference"], "INSERT INTO users (id, name) SELECT id, name FROM accounts;\n"),
];

#[tokio::test]
async fn every_mistake_is_caught_in_its_place() {
    let house = House::released(&FILES);
    let printed = caught(&house, Engine::Sqlite, &MISTAKES).await;
    insta::assert_snapshot!("mistakes_on_sqlite", printed);
}

#[tokio::test]
async fn a_rebuild_that_says_so_is_right() {
    let house = House::released(&FILES);
    let up = format!("-- atriz: rebuild\n{REBUILD}");
    house.migration(Engine::Sqlite, "20260201000000_rebuild", &up, &up);
    let report = house.lint(Engine::Sqlite).await;
    // What is renamed is the batch's own table.
    assert_eq!(rules(&report), [] as [&str; 0], "{}", text(&report.findings));
}

#[tokio::test]
async fn what_the_batch_made_is_nobodys_yet() {
    let house = House::released(&FILES);
    let up = "CREATE TABLE carts (id BLOB NOT NULL, \"order\" TEXT, CONSTRAINT pk_carts PRIMARY KEY (id)) STRICT;\n\
              ALTER TABLE carts ADD COLUMN note TEXT NOT NULL DEFAULT '';\nALTER TABLE carts RENAME COLUMN note TO remark;\n\
              ALTER TABLE carts DROP COLUMN remark;\nCREATE UNIQUE INDEX uq_carts_order ON carts (\"order\");\n\
              UPDATE carts SET \"order\" = lower(\"order\");\n";
    house.migration(Engine::Sqlite, "20260201000000_carts", up, "DROP TABLE carts;\n");
    let report = house.lint(Engine::Sqlite).await;
    assert_eq!(rules(&report), [] as [&str; 0], "{}", text(&report.findings));
}

#[tokio::test]
async fn only_the_first_of_a_chain_is_told() {
    let house = House::released(&FILES);
    let up = "CREATE TABLE carts (id BLOBB) STRICT;\nCREATE INDEX idx_carts_id ON carts (id);\nINSERT INTO items (titel) VALUES ('a');\n";
    house.migration(Engine::Sqlite, "20260201000000_carts", up, "DROP TABLE carts;\n");
    let report = house.lint(Engine::Sqlite).await;
    assert_eq!(rules(&report), ["sqlite-refused", "sqlite-refused"], "{}", text(&report.findings));
}
