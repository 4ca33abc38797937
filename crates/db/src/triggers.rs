//! Triggers that are set aside within a transaction, and put back as they were in the same one.
//!
//! Whoever empties a table or takes rows back has been asked already; a trigger that keeps a table append-only would only
//! say no again. If the transaction fails, the triggers are back without anybody's help.

use crate::Engine;
use crate::sql::literal;

/// Queries whose rows are statements: those that set triggers aside, and those that put them back. Both are asked before
/// the first statement of either runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SetAside {
    pub(crate) aside: String,
    pub(crate) back: String,
}

impl SetAside {
    /// Those that would stand in the way of emptying tables: on PostgreSQL triggers on TRUNCATE (bit 5 of `tgtype`,
    /// `pg_trigger.h`), on SQLite all, since a DELETE there runs each of them once a row.
    pub(crate) fn for_emptying(engine: Engine) -> Self {
        match engine {
            Engine::Postgres => Self::on_postgres("(t.tgtype & 32) <> 0"),
            Engine::Sqlite => Self::on_sqlite("true"),
        }
    }

    /// Those that keep `table` append-only, by their name: `trg_{table}_append_only…`.
    pub(crate) fn append_only(engine: Engine, table: &str, sql_name: &str) -> Self {
        let named = literal(&format!("trg_{table}_append_only"));
        match engine {
            Engine::Postgres => Self::on_postgres(&format!(
                "t.tgrelid = {}::regclass AND pg_catalog.starts_with(t.tgname::text, {named})",
                literal(sql_name)
            )),
            Engine::Sqlite => Self::on_sqlite(&format!(
                "tbl_name = {} AND substr(name, 1, length({named})) = {named}",
                literal(table)
            )),
        }
    }

    /// Triggers of partitions follow those of their parents.
    fn on_postgres(condition: &str) -> Self {
        let from = format!(
            "FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND t.tgenabled <> 'D' \
             AND {condition} ORDER BY t.oid"
        );
        Self {
            aside: format!(
                "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', t.tgrelid::regclass, t.tgname) AS sql {from}"
            ),
            back: format!(
                "SELECT format('ALTER TABLE %s ENABLE %sTRIGGER %I', t.tgrelid::regclass, \
                 CASE t.tgenabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, t.tgname) AS sql {from}"
            ),
        }
    }

    fn on_sqlite(condition: &str) -> Self {
        let from = format!("FROM sqlite_schema WHERE type = 'trigger' AND {condition} ORDER BY rowid");
        Self {
            aside: format!("SELECT 'DROP TRIGGER \"' || replace(name, '\"', '\"\"') || '\"' AS sql {from}"),
            back: format!("SELECT sql {from}"),
        }
    }
}
