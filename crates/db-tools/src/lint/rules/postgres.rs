//! Rules of PostgreSQL. Those with names of squawk's are read by it; the others by us.

use atriz_db::Engine;

use super::Level::{Error, Info, Warning};
use super::Scope::{Always, Clients, Existing};
use super::{Level, Rule, Scope, row};

const fn pg(scope: Scope, level: Level, name: &'static str, catches: &'static str, safe: &'static str) -> Rule {
    row(Some(Engine::Postgres), scope, level, name, catches, safe)
}

/// What happens between two releases to whoever still uses the old one.
const RELEASE_FIRST: &str = "let the app do without it, release that, and take it away in the release after; then ignore this rule with the reason";
const TWO_STEPS: &str = "add it NOT VALID, and VALIDATE it in a migration of its own";

#[rustfmt::skip]
pub(super) static RULES: [Rule; 68] = [
    pg(Always, Info, "unparsed-statement", "a statement that the parser does not know; the server may", "check it with `cargo xtask db verify`"),
    pg(Always, Error, "require-table-schema", "a name of a table or an index without its schema", "write `schema.table`; `--fix` does so where one schema alone has it"),
    pg(Always, Error, "unknown-table", "a table that no file up to there makes, misspelt perhaps", "write the name as the file has it that makes the table; if something else makes it, ignore this rule with what that is"),
    pg(Always, Error, "search-path-change", "a change of search_path", "write every name with its schema; a function fixes its own with `SET search_path` in its definition"),
    pg(Always, Error, "set-instead-of-set-local", "a setting that outlives the transaction", "SET LOCAL"),
    pg(Always, Warning, "timeout-override", "a timeout of the migration's own", "leave it to the runner, which sets it for each class of statements"),
    pg(Always, Error, "unnamed-concurrent-index", "a concurrent index without a name, which could not be found again after a crash", "name it `idx_<table>_<columns>`"),
    pg(Existing, Error, "add-exclusion-constraint", "EXCLUDE on a table in use: a full scan under lock, and no NOT VALID exists", "a window of maintenance, and this rule ignored with the reason"),
    pg(Always, Warning, "add-json-column", "json, which has no equality", "jsonb"),
    pg(Existing, Error, "require-concurrent-index-creation", "CREATE INDEX on a table in use: writes wait", "CREATE INDEX CONCURRENTLY, alone in its file; on a table with partitions ON ONLY it, and CONCURRENTLY on each"),
    pg(Existing, Warning, "require-concurrent-index-deletion", "DROP INDEX on a table in use: everybody waits", "DROP INDEX CONCURRENTLY, alone in its file"),
    pg(Existing, Error, "require-concurrent-reindex", "REINDEX blocks", "REINDEX … CONCURRENTLY"),
    pg(Existing, Error, "require-concurrent-partition-detach", "DETACH PARTITION blocks", "DETACH PARTITION … CONCURRENTLY"),
    pg(Existing, Error, "constraint-missing-not-valid", "a constraint proven for all rows under lock", TWO_STEPS),
    pg(Existing, Error, "adding-foreign-key-constraint", "a foreign key proven for all rows, with both tables locked", TWO_STEPS),
    pg(Existing, Error, "adding-not-nullable-field", "SET NOT NULL: a full scan under lock", "CHECK (… IS NOT NULL) NOT VALID, VALIDATE it in a migration of its own, then SET NOT NULL, then drop the CHECK"),
    pg(Existing, Error, "adding-required-field", "a new NOT NULL column without a default", "add it nullable, fill it, then make it NOT NULL"),
    pg(Existing, Error, "adding-field-with-default", "a column with a volatile default, or a stored generated one: the table is written anew", "add it without, set the default, fill it in batches; or compute it in a view or a trigger"),
    pg(Existing, Error, "adding-serial-primary-key-field", "a primary key whose index is built under lock", "a unique index CONCURRENTLY, then ADD PRIMARY KEY USING INDEX"),
    pg(Existing, Error, "disallowed-unique-constraint", "UNIQUE whose index is built under lock", "a unique index CONCURRENTLY, then ADD CONSTRAINT … UNIQUE USING INDEX"),
    pg(Existing, Error, "changing-column-type", "a change of type: the table and its indexes are written anew", "a new column, both written, then swapped"),
    pg(Clients, Error, "renaming-column", "renaming a column that the running app uses", "a new column, both written, then swapped; or a view that keeps the old name"),
    pg(Clients, Error, "renaming-table", "renaming a table that the running app uses", "a view that keeps the old name"),
    pg(Clients, Warning, "renaming-object", "renaming what clients may name", "make one of the new name, and drop the old one a release later"),
    pg(Clients, Error, "ban-set-schema", "moving an object to another schema", "a view that keeps the old name"),
    pg(Clients, Error, "ban-drop-column", "dropping a column: its data is lost, and the running app breaks", RELEASE_FIRST),
    pg(Clients, Error, "ban-drop-table", "dropping a table: its data is lost, and the running app breaks", RELEASE_FIRST),
    pg(Clients, Error, "ban-drop-schema", "dropping a schema and what is in it", RELEASE_FIRST),
    pg(Clients, Warning, "ban-drop-view", "dropping a view that clients may use", RELEASE_FIRST),
    pg(Clients, Warning, "ban-drop-function", "dropping a function that clients may call", RELEASE_FIRST),
    pg(Clients, Warning, "ban-drop-type", "dropping a type", RELEASE_FIRST),
    pg(Clients, Warning, "ban-drop-domain", "dropping a domain", RELEASE_FIRST),
    pg(Clients, Warning, "ban-drop-sequence", "dropping a sequence", RELEASE_FIRST),
    pg(Clients, Warning, "ban-drop-extension", "dropping an extension with all its objects", RELEASE_FIRST),
    pg(Clients, Warning, "ban-drop-default", "dropping a default that inserts of the running app may need", RELEASE_FIRST),
    pg(Clients, Warning, "ban-drop-constraint", "dropping a constraint that clients may rely on", "say in an ignore what holds the rule from now on"),
    pg(Clients, Warning, "ban-drop-not-null", "NULL where the running app may not expect it", "teach the app first, then ignore this rule with the reason"),
    pg(Clients, Warning, "ban-drop-generated-expression", "a generated column that is one no more", RELEASE_FIRST),
    pg(Clients, Warning, "ban-alter-identity", "a change of what numbers new rows", RELEASE_FIRST),
    pg(Existing, Warning, "ban-drop-trigger", "dropping a trigger on a table in use", "say in an ignore what does its work from now on"),
    pg(Always, Error, "ban-drop-database", "DROP DATABASE", "`cargo xtask db drop`, which asks"),
    pg(Always, Error, "ban-truncate-cascade", "TRUNCATE … CASCADE, which empties tables that are not named", "name the tables"),
    pg(Always, Warning, "ban-create-domain-with-constraint", "a domain with a constraint, which cannot be changed safely", "CHECK on the tables"),
    pg(Always, Warning, "ban-alter-domain-with-add-constraint", "a constraint added to a domain: every table that uses it is scanned", "CHECK on the tables"),
    pg(Existing, Warning, "require-enum-value-ordering", "ADD VALUE at the end of an enum", "BEFORE or AFTER, in a file of its own"),
    pg(Always, Error, "ban-duplicate-column-assignments", "one column set twice by one statement", "set it once"),
    pg(Always, Warning, "prefer-robust-stmts", "a statement that runs alone and cannot be run again", "IF EXISTS, IF NOT EXISTS"),
    pg(Always, Warning, "prefer-bigint-over-int", "a key of 32 bits", "bigint"),
    pg(Always, Warning, "prefer-bigint-over-smallint", "16 bits", "bigint, or integer for a small number"),
    pg(Always, Warning, "prefer-identity", "serial", "GENERATED ALWAYS AS IDENTITY"),
    pg(Always, Warning, "prefer-text-field", "a length in the type", "text, and a CHECK on its length"),
    pg(Always, Warning, "ban-char-field", "character, which pads with blanks", "text"),
    pg(Always, Warning, "prefer-timestamp-tz", "a time that does not say of which zone", "timestamptz"),
    pg(Existing, Error, "table-rewrite", "another storage, tablespace or access method: the table is written anew under lock", "a window of maintenance, and this rule ignored with the reason"),
    pg(Clients, Info, "unread-block", "a DO block that changes tables, whose statements are not read", "plain statements, or `cargo xtask db verify` and a careful reader"),
    pg(Existing, Error, "ban-disable-row-security", "row-level security switched off: everybody sees every row", "change the policies instead"),
    pg(Always, Info, "prefer-repack", "VACUUM FULL or CLUSTER, which write the table anew under lock", "pg_repack, or a window of maintenance"),
    pg(Existing, Warning, "blocking-refresh", "REFRESH MATERIALIZED VIEW: nobody may read it meanwhile", "REFRESH MATERIALIZED VIEW CONCURRENTLY, for which the view needs a unique index"),
    pg(Existing, Warning, "lock-table", "LOCK TABLE of a table in use, held until the migration is over", "leave locks to the statements that need them; ACCESS SHARE to SHARE UPDATE EXCLUSIVE let rows be written on"),
    pg(Always, Error, "unproven-partition", "ATTACH PARTITION of a table in use: all of its rows are read under lock", "a CHECK of the partition's bounds NOT VALID, VALIDATE it in a migration of its own, then ATTACH, then drop the CHECK"),
    pg(Always, Error, "refused-on-partitioned", "what PostgreSQL refuses on a table with partitions: an index built or dropped CONCURRENTLY, a foreign key NOT VALID (before 18), a constraint USING INDEX", "an index ON ONLY it, one CONCURRENTLY on each partition, then ATTACH; DROP INDEX without it; a constraint NOT VALID or USING INDEX on each partition, VALIDATE it there, and then on the table, which takes those over"),
    pg(Existing, Warning, "merge-delete", "MERGE that deletes every row which its join finds", "say in `WHEN MATCHED AND …` which rows go, or DELETE them with a WHERE"),
    pg(Always, Error, "ban-alter-system", "ALTER SYSTEM: the settings of the whole server", "leave those to whoever runs the server; ALTER DATABASE or ALTER ROLE … SET reach one database or role"),
    pg(Always, Error, "ban-drop-owned", "DROP OWNED, which drops whatever a role owns", "name what is to go; REASSIGN OWNED keeps the rest"),
    pg(Always, Warning, "grant-to-public", "a right for everybody who can connect", "grant it to the roles that need it"),
    pg(Existing, Warning, "ban-disable-trigger", "a trigger that is switched off on a table in use", "say in an ignore until when"),
    pg(Existing, Warning, "ban-drop-policy", "dropping a policy of row-level security", "say in an ignore what holds the rule from now on"),
    pg(Existing, Warning, "ban-replica-identity", "a change of what subscribers of changes see", "say in an ignore who listens"),
];
