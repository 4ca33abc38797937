//! Statements that work beside running transactions, and what they leave when they break off.
//!
//! A `CREATE INDEX CONCURRENTLY` that breaks off leaves an index that slows writes and serves no query, and whose name is
//! taken. It is removed before the statement runs again, and a build that says it is done is looked at.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement as SeaStatement};

use tokio::time::sleep;

use super::split::{Statement, identifier};
use crate::Engine;
use crate::connect::Session;
use crate::sql::quote;

/// What a statement in doubt left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trace {
    /// It ran.
    Done,
    /// It did not run, or may run once more with the same result.
    Repeatable,
    /// Nothing in the database tells.
    Unknown,
}

impl Trace {
    /// `waiting` is called once if an earlier run's statement is still at work on the server, and has to end first.
    pub(super) async fn of(
        statement: &Statement,
        session: &Session,
        waiting: &(impl Fn() + Sync),
    ) -> Result<Self, DbErr> {
        let Some(index) = ConcurrentIndex::of(statement) else {
            let repeatable = !leaves_no_trace(statement, session.engine);
            return Ok(if repeatable { Self::Repeatable } else { Self::Unknown });
        };
        if is_repeatable(statement) {
            return Ok(Self::Repeatable);
        }
        index.wait_for_builder(&session.connection, waiting).await?;
        let done = match (index.state(&session.connection).await?, index.work) {
            (Some(state), Work::Build) => state.valid,
            (there, Work::Drop) => there.is_none(),
            (None, Work::Build) => false,
        };
        Ok(if done { Self::Done } else { Self::Repeatable })
    }
}

/// Whether nothing in a database tells if the statement ran, and once more would not do the same.
pub(super) fn leaves_no_trace(statement: &Statement, engine: Engine) -> bool {
    engine == Engine::Postgres && !is_repeatable(statement) && ConcurrentIndex::of(statement).is_none()
}

/// Whether a statement builds an index that is not there, or not whole, or drops one that is. One that says `IF EXISTS` is
/// as good as done either way.
pub(super) async fn is_missing(statement: &Statement, session: &Session) -> Result<bool, DbErr> {
    let is_index = ConcurrentIndex::of(statement).is_some() && !is_repeatable(statement);
    Ok(is_index && Trace::of(statement, session, &|| ()).await? == Trace::Repeatable)
}

/// `VACUUM`, `REINDEX` and settings do the same once more, and so does whatever says `IF EXISTS` or `IF NOT EXISTS` but an
/// index, which may be there and broken.
fn is_repeatable(statement: &Statement) -> bool {
    let (first, second) = (statement.word(0), statement.word(1));
    let conditional = statement.has_word("if") && statement.has_word("exists");
    match first.as_str() {
        "vacuum" | "reindex" | "analyze" | "cluster" => true,
        "alter" => second == "system",
        "drop" => conditional,
        "create" => conditional && ConcurrentIndex::of(statement).is_none(),
        _ => false,
    }
}

/// Sends a statement that no transaction can hold.
pub(super) async fn run(statement: &Statement, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let build = ConcurrentIndex::of(statement).filter(|index| index.work == Work::Build);
    if let Some(index) = &build {
        index.clear(connection).await?;
    }
    connection.execute_unprepared(&statement.text).await?;
    match &build {
        Some(index) => index.check(connection).await,
        None => Ok(()),
    }
}

/// The index that a statement builds or drops beside running work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ConcurrentIndex {
    work: Work,
    /// Its name.
    name: String,
    /// The schema it is named with; the table's own where it is not.
    schema: Option<String>,
    /// Its table, as the statement writes it; nothing for one that is dropped.
    table: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    Build,
    Drop,
}

/// An index in the catalogue.
struct IndexState {
    schema: String,
    valid: bool,
}

impl ConcurrentIndex {
    /// Reads `CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table …` and
    /// `DROP INDEX CONCURRENTLY [IF EXISTS] name`. One without a name is nothing that could be found again.
    pub(super) fn of(statement: &Statement) -> Option<Self> {
        let word = |at: usize| statement.word(at);
        let mut at = if word(1) == "unique" { 2 } else { 1 };
        if word(at) != "index" || word(at + 1) != "concurrently" {
            return None;
        }
        at += 2;
        while matches!(word(at).as_str(), "if" | "not" | "exists") {
            at += 1;
        }
        let mut name = identifier(statement.tokens.get(at)?);
        match word(0).as_str() {
            "create" if word(at) != "on" => {
                at += if word(at + 2) == "only" { 3 } else { 2 };
                let rest = statement.tokens.get(at..)?.iter();
                let parts = rest.take_while(|token| *token != "(" && !token.eq_ignore_ascii_case("using"));
                let table: String = parts.map(String::as_str).collect();
                (!table.is_empty()).then_some(Self { work: Work::Build, name, schema: None, table: Some(table) })
            }
            "drop" => {
                let mut schema = None;
                if word(at + 1) == "." {
                    schema = Some(std::mem::replace(&mut name, identifier(statement.tokens.get(at + 2)?)));
                }
                Some(Self { work: Work::Drop, name, schema, table: None })
            }
            _ => None,
        }
    }

    /// The index as it stands in the catalogue.
    async fn state(&self, connection: &impl ConnectionTrait) -> Result<Option<IndexState>, DbErr> {
        const FIND: &str = "SELECT n.nspname::text AS schema, i.indisvalid AS valid FROM pg_catalog.pg_index i \
             JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relname = $1 AND ($2::text IS NULL OR i.indrelid = to_regclass($2)) \
             AND (n.nspname = $3 OR ($3::text IS NULL AND ($2::text IS NOT NULL OR pg_catalog.pg_table_is_visible(c.oid))))";
        let values = [self.name.clone().into(), self.table.clone().into(), self.schema.clone().into()];
        let query = SeaStatement::from_sql_and_values(DbBackend::Postgres, FIND, values);
        let Some(row) = connection.query_one_raw(query).await? else { return Ok(None) };
        Ok(Some(IndexState { schema: row.try_get("", "schema")?, valid: row.try_get("", "valid")? }))
    }

    /// Waits until nobody builds an index of this name. A client that is killed leaves its statement at work on the server.
    async fn wait_for_builder(
        &self,
        connection: &impl ConnectionTrait,
        waiting: &(impl Fn() + Sync),
    ) -> Result<(), DbErr> {
        const BUILDER: &str = "SELECT 1 AS builds FROM pg_catalog.pg_stat_progress_create_index p \
             JOIN pg_catalog.pg_class c ON c.oid = p.index_relid \
             WHERE p.datname = current_database() AND p.pid <> pg_catalog.pg_backend_pid() AND c.relname = $1";
        let mut told = false;
        loop {
            let query = SeaStatement::from_sql_and_values(DbBackend::Postgres, BUILDER, [self.name.clone().into()]);
            if connection.query_one_raw(query).await?.is_none() {
                return Ok(());
            }
            if !told {
                waiting();
                told = true;
            }
            sleep(Duration::from_millis(250)).await;
        }
    }

    /// Removes what an earlier build left behind. An index of a partitioned table that awaits those of its partitions is
    /// not broken, and is made by no concurrent build.
    async fn clear(&self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        let Some(state) = self.state(connection).await?.filter(|state| !state.valid) else { return Ok(()) };
        let sql = format!("DROP INDEX CONCURRENTLY {}.{}", quote(&state.schema), quote(&self.name));
        connection.execute_unprepared(&sql).await.map(drop)
    }

    /// Fails if the index cannot be used though its statement went well.
    async fn check(&self, connection: &impl ConnectionTrait) -> Result<(), DbErr> {
        match self.state(connection).await? {
            Some(state) if state.valid => Ok(()),
            _ => Err(DbErr::Custom(format!("index `{}` was built and is not valid", self.name))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::split;
    use super::*;

    #[test]
    fn name_and_table_are_read() {
        let read = |sql| {
            let index = ConcurrentIndex::of(&split(sql).unwrap()[0])?;
            Some((index.schema.unwrap_or_default(), index.name, index.table.unwrap_or_default()))
        };
        let found =
            |schema: &str, name: &str, table: &str| Some((schema.to_owned(), name.to_owned(), table.to_owned()));
        assert_eq!(read("CREATE INDEX CONCURRENTLY Idx ON app.things (a)"), found("", "idx", "app.things"));
        assert_eq!(
            read("create unique index concurrently if not exists \"I\" on only \"app\".\"T\" using btree (a)"),
            found("", "I", "\"app\".\"T\"")
        );
        assert_eq!(read("DROP INDEX CONCURRENTLY IF EXISTS app.Idx"), found("app", "idx", ""));
        assert_eq!(read("drop index concurrently i"), found("", "i", ""));
    }

    #[test]
    fn half_a_statement_names_nothing() {
        for sql in [
            "CREATE INDEX i ON t (a)",
            "CREATE INDEX CONCURRENTLY",
            "CREATE INDEX CONCURRENTLY i",
            "CREATE INDEX CONCURRENTLY ON t (a)",
            "DROP INDEX CONCURRENTLY",
            "DROP INDEX CONCURRENTLY a.",
            "CREATE",
        ] {
            let index = ConcurrentIndex::of(&split(sql).unwrap()[0]);
            assert_eq!(index, None, "{sql}");
        }
    }
}
