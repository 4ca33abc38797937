//! Indexes that are built beside running work.
//!
//! A `CREATE INDEX CONCURRENTLY` that breaks off leaves an index that slows writes and serves no query, and whose name is
//! taken. It is removed before the statement runs again, and a build that says it is done is looked at.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement as SeaStatement};

use super::split::Statement;
use crate::sql::quote;

/// The index that a statement builds beside running work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConcurrentIndex {
    /// Its name.
    pub(super) name: String,
    /// Its table, as the statement writes it.
    table: String,
}

impl ConcurrentIndex {
    /// Reads `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table …`.
    pub(super) fn of(statement: &Statement) -> Option<Self> {
        let word = |at: usize| statement.word(at);
        let mut at = if word(1) == "unique" { 2 } else { 1 };
        if word(0) != "create" || word(at) != "index" || word(at + 1) != "concurrently" {
            return None;
        }
        at += 2;
        while matches!(word(at).as_str(), "if" | "not" | "exists") {
            at += 1;
        }
        let name = statement.tokens.get(at)?;
        let name = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
            Some(quoted) => quoted.replace("\"\"", "\""),
            None => name.to_lowercase(),
        };
        at += if word(at + 2) == "only" { 3 } else { 2 };
        let parts =
            statement.tokens[at..].iter().take_while(|token| *token != "(" && !token.eq_ignore_ascii_case("using"));
        Some(Self { name, table: parts.map(String::as_str).collect() })
    }

    /// The schema of the index, if it is there and cannot be used.
    async fn broken_in(&self, connection: &impl ConnectionTrait) -> Result<Option<String>, DbErr> {
        const FIND: &str = "SELECT n.nspname::text AS schema FROM pg_catalog.pg_index i \
             JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname = $1 AND i.indrelid = to_regclass($2)";
        let values = [self.name.clone().into(), self.table.clone().into()];
        let row =
            connection.query_one_raw(SeaStatement::from_sql_and_values(DbBackend::Postgres, FIND, values)).await?;
        row.map(|row| row.try_get("", "schema")).transpose()
    }

    /// Removes what an earlier build left behind.
    pub(super) async fn clear(&self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        let Some(schema) = self.broken_in(connection).await? else { return Ok(()) };
        let sql = format!("DROP INDEX CONCURRENTLY {}.{}", quote(&schema), quote(&self.name));
        connection.execute_unprepared(&sql).await.map(drop)
    }

    /// Fails if the index cannot be used though its statement went well.
    pub(super) async fn check(&self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        match self.broken_in(connection).await? {
            Some(_) => Err(DbErr::Custom(format!("index `{}` was built and is not valid", self.name))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::split;
    use super::*;

    #[test]
    fn name_and_table_are_read() {
        let read = |sql| ConcurrentIndex::of(&split(sql).unwrap()[0]).map(|index| (index.name, index.table));
        let found = |name: &str, table: &str| Some((name.to_owned(), table.to_owned()));
        assert_eq!(read("CREATE INDEX CONCURRENTLY Idx ON app.things (a)"), found("idx", "app.things"));
        assert_eq!(
            read("create unique index concurrently if not exists \"I\" on only \"app\".\"T\" using btree (a)"),
            found("I", "\"app\".\"T\"")
        );
        assert_eq!(read("CREATE INDEX i ON t (a)"), None);
        assert_eq!(read("DROP INDEX CONCURRENTLY i"), None);
    }
}
