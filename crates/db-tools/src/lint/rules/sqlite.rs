//! Rules of SQLite.

use atriz_db::Engine;

use super::Level::{Error, Warning};
use super::Scope::{Always, Clients, Existing};
use super::{Level, Rule, Scope, row};

const fn sqlite(scope: Scope, level: Level, name: &'static str, catches: &'static str, safe: &'static str) -> Rule {
    row(Some(Engine::Sqlite), scope, level, name, catches, safe)
}

const REBUILD: &str =
    "make the new table, copy the rows, drop the old one, rename, in a file that says `-- atriz: rebuild`";

#[rustfmt::skip]
pub(super) static RULES: [Rule; 17] = [
    sqlite(Always, Error, "sqlite-refused", "a statement that SQLite refuses where the folder is replayed", "mend the statement"),
    sqlite(Existing, Error, "sqlite-not-null-without-default", "ADD COLUMN … NOT NULL without a default: it fails as soon as there are rows", "a default, or a rebuild"),
    sqlite(Always, Error, "sqlite-unsafe-rebuild", "a table dropped for a new one of its name with foreign keys on: the rows that refer to it go along, or hold it", REBUILD),
    sqlite(Existing, Error, "sqlite-rebuild-without-copy", "a table that is dropped for a new one of its name, and no INSERT takes its rows along: all of them are lost", "INSERT INTO the new table SELECT … FROM the old one, before the old one is dropped"),
    sqlite(Clients, Error, "sqlite-rebuild-drops-column", "a rebuild whose INSERT leaves a column out: what it holds is lost", "copy the column; or let the app do without it, release that, leave it out in the release after, and ignore this rule with the reason"),
    sqlite(Existing, Error, "sqlite-drop-referenced", "dropping a table that others refer to", "drop or rebuild those first"),
    sqlite(Always, Error, "sqlite-unsupported-alter", "an ALTER that SQLite does not know, or takes while the table is empty alone", REBUILD),
    sqlite(Always, Error, "sqlite-multi-alter", "an ALTER of several clauses", "one ALTER TABLE for each"),
    sqlite(Always, Error, "sqlite-pragma", "a PRAGMA: inside a transaction most do nothing, and others are the runner's", "remove it; `-- atriz: rebuild` switches foreign keys off around the file"),
    sqlite(Always, Error, "sqlite-vacuum-attach", "VACUUM, ATTACH or DETACH, which no transaction can hold", "remove it"),
    sqlite(Always, Error, "sqlite-not-strict", "a table that is not STRICT keeps whatever it is given", "STRICT"),
    sqlite(Always, Error, "sqlite-double-quoted-string", "a string between double quotes, which is a name to every other engine", "single quotes"),
    sqlite(Clients, Error, "sqlite-drop-column", "dropping a column: its data is lost, and the running app breaks", "let the app do without it, release that, and drop it in the release after; then ignore this rule with the reason"),
    sqlite(Clients, Error, "sqlite-drop-table", "dropping a table: its data is lost, and the running app breaks", "let the app do without it, release that, and drop it in the release after; then ignore this rule with the reason"),
    sqlite(Clients, Error, "sqlite-rename", "renaming what the running app uses", "a new column or table, both written, then swapped"),
    sqlite(Always, Warning, "sqlite-autoincrement", "AUTOINCREMENT, which costs a write to another table for each row", "INTEGER PRIMARY KEY counts up by itself"),
    sqlite(Always, Warning, "sqlite-insert-or-replace", "INSERT OR REPLACE deletes the old row and what refers to it", "INSERT … ON CONFLICT DO UPDATE"),
];
