//! Rules of both engines: folders, files, history, names, data.

use super::Level::{Error, Info, Warning};
use super::Scope::{Always, Existing};
use super::{Level, Rule, Scope, row};

const fn both(scope: Scope, level: Level, name: &'static str, catches: &'static str, safe: &'static str) -> Rule {
    row(None, scope, level, name, catches, safe)
}

#[rustfmt::skip]
pub(super) static RULES: [Rule; 32] = [
    both(Always, Error, "unreadable-file", "a file that is not UTF-8, or holds a NUL byte", "save it as UTF-8"),
    both(Always, Error, "file-name", "a file that is not named like a migration", "`<YYYYMMDDhhmmss>_<verb_what>.{up,down}.sql`; `cargo xtask db new` does so"),
    both(Always, Error, "duplicate-version", "two migrations with one version", "give the one that was never released a later version"),
    both(Always, Error, "missing-twin", "a migration of one engine without its twin for the other", "write it, or let it hold nothing but `-- atriz: only ENGINE \"why\"`"),
    both(Always, Error, "missing-up", "a way back without a way there", "write it, or remove the way back"),
    both(Always, Error, "missing-down", "a way there without a way back", "write it, or let it hold `-- atriz: irreversible \"why\"`"),
    both(Always, Error, "empty-file", "a file without a statement that does not say why", "write its statements, or `-- atriz: only ENGINE \"why\"`; in a way back `-- atriz: irreversible \"why\"`"),
    both(Always, Error, "not-for-this-engine", "statements in a twin that says it is for the other engine alone", "remove the directive or the statements"),
    both(Always, Error, "irreversible-without-reason", "a migration without a way back that does not say why", "`-- atriz: irreversible \"why\"`"),
    both(Always, Error, "unknown-directive", "a directive that does not exist, or lacks its reason", "there are `only ENGINE \"why\"`, `no-transaction`, `rebuild`, `irreversible \"why\"` and `lint-ignore RULE \"why\"`"),
    both(Always, Error, "undecided", "a place that `db generate` left to somebody, for which the migration is refused", "write there what it asks for, and take the line away"),
    both(Always, Error, "invalid-ignore", "an ignore of a rule that does not exist, or without a reason", "`-- atriz: lint-ignore RULE \"why\"`"),
    both(Always, Warning, "unused-ignore", "an ignore of something that is not there", "remove it"),
    both(Always, Error, "unclosed", "a string, a comment, a name, a bracket or a parenthesis that is not closed", "close it"),
    both(Always, Error, "psql-command", "a command of psql, which no server understands", "write it in SQL"),
    both(Always, Error, "copy-rows", "COPY of rows that a client would have to send or take", "write the rows as INSERT, or put them into a CSV file among the seeds"),
    both(Always, Error, "transaction-control", "BEGIN, COMMIT and the like", "remove it: a migration is one transaction; `-- atriz: no-transaction` lets each statement run alone"),
    both(Always, Warning, "crlf-bom", "line ends or a byte-order mark that differ between systems", "save it with line feeds and without a mark; `--fix` does so"),
    both(Always, Error, "lone-return", "a carriage return alone as the end of a line, where PostgreSQL ends a comment and SQLite does not", "save it with line feeds; `--fix` does so"),
    both(Always, Error, "history-edited", "a released file whose statements were changed", "restore it, and make the change in a new migration"),
    both(Always, Error, "history-removed", "a released file that is gone", "restore it, or `cargo xtask db squash` it into a checkpoint"),
    both(Always, Error, "non-linear", "a new migration that is older than the newest released one", "give it a later version: databases that are past it would meet it out of order"),
    both(Always, Error, "cross-db-reference", "a table that belongs to another database, by its own schema or by that database's name", "keep its id in a column, and declare it in the descriptor with `reference(…)`; no foreign key or query reaches across"),
    both(Always, Error, "table-owner-mismatch", "making a table that another database declares as its own", "make it in its owner's migrations, or give it another name"),
    both(Existing, Error, "backfill-in-ddl", "changing rows and the schema of tables in use in one transaction", "change the rows in a migration of their own: the locks of the schema change are held until all rows are done"),
    both(Existing, Warning, "unbounded-dml", "UPDATE or DELETE of every row of a table in use, with a condition that leaves none out too", "go through the rows in batches by key, or say in a WHERE which rows are meant"),
    both(Existing, Warning, "data-dependent-unique", "uniqueness demanded of rows that may not have it", "look first: `SELECT … GROUP BY … HAVING count(*) > 1`; mend the rows in a migration before this one"),
    both(Always, Warning, "fk-without-index", "a foreign key whose columns no index leads with", "add an index: each delete of the parent reads the whole child without one"),
    both(Always, Warning, "mixed-no-transaction", "statements that could be one transaction in a file whose statements run alone", "put them into a migration of their own; a crash between them leaves half of the file"),
    both(Always, Warning, "if-not-exists-in-transaction", "IF NOT EXISTS in a transaction, which takes a half-made object for a whole one", "the plain statement: a transaction leaves nothing half made"),
    both(Always, Error, "identifier-too-long", "a name of more than 63 bytes, which PostgreSQL cuts off in silence", "shorten it, on both engines"),
    both(Always, Info, "wide-index", "a plain index over more than four columns", "lead with the columns that select most, and leave the rest out"),
];
