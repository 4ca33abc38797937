//! Seeded rows whose parents in another database are not there: no foreign key reaches so far.

use sea_orm::prelude::Uuid;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

use super::{Fleet, Member, SeedReportOf};
use crate::Engine;
use crate::catalog::LogicalReference;
use crate::connect::{ConnectError, Purpose, Session};
use crate::error::Error;
use crate::failure::{Failure, FailureKind};
use crate::migrate::RunContext;
use crate::progress::Event;
use crate::sql::quote;

/// How many ids are asked for at most: one of them that is there says that the other database was seeded.
const IDS: usize = 1_000;

impl Fleet {
    /// Tells of tables that were written by this run and refer to another database that holds none of the rows they name.
    /// One query a reference, and one in the other database; what cannot be asked is not told.
    pub(super) async fn tell_of_missing_parents(&self, reports: &[SeedReportOf], context: &RunContext) {
        for written in reports.iter().filter(|report| report.total.inserted + report.total.changed > 0) {
            if let Ok(member) = self.member(&written.database, context) {
                self.tell_of_member(&member, written, context).await;
            }
        }
    }

    async fn tell_of_member(&self, member: &Member, written: &SeedReportOf, context: &RunContext) {
        let references = member.database.references.iter();
        let references: Vec<_> = references.filter(|reference| written.wrote(&reference.table)).collect();
        if references.is_empty() {
            return;
        }
        let Ok(session) = member.open(Purpose::Look).await else { return };
        for reference in references {
            let Ok(Some((rows, ids))) = referring(member, &session, reference).await else { continue };
            if self.holds_none(reference, &ids, context).await {
                context.observer.event(&Event::ParentsMissing {
                    database: member.name(),
                    table: &reference.table,
                    rows,
                    parents: &reference.referenced_table,
                    other: &reference.database,
                });
            }
        }
        session.close().await;
    }

    /// Whether the database that `reference` points into is known to hold none of `ids`.
    async fn holds_none(&self, reference: &LogicalReference, ids: &[Uuid], context: &RunContext) -> bool {
        let Ok(other) = self.member(&reference.database, context) else { return false };
        let session = match other.open(Purpose::Look).await {
            Ok(session) => session,
            Err(error) => return matches!(error, Error::Connect(ConnectError::Missing { .. })),
        };
        let found = any_of(&other, &session, &reference.referenced_table, ids).await;
        session.close().await;
        match found {
            Ok(found) => !found,
            Err(error) => Failure::of(&error).kind == FailureKind::UndefinedTable,
        }
    }
}

impl SeedReportOf {
    /// Whether a file of this table inserted or changed rows.
    fn wrote(&self, table: &str) -> bool {
        self.files.iter().any(|file| {
            let name = file.file.rsplit('/').next().unwrap_or_default();
            let stem = name.split('.').next().unwrap_or_default();
            let of_table = stem.split_once('_').is_some_and(|(_, rest)| rest == table);
            of_table && file.outcome.is_some_and(|outcome| outcome.inserted + outcome.changed > 0)
        })
    }
}

/// How many rows refer, and to which ids; nothing where none does.
async fn referring(
    member: &Member,
    session: &Session,
    reference: &LogicalReference,
) -> Result<Option<(u64, Vec<Uuid>)>, DbErr> {
    let Some(table) = member.database.table(&reference.table) else { return Ok(None) };
    let (column, table) = (quote(&reference.column), table.sql_name(session.engine));
    let query = format!(
        "SELECT {column} AS id, sum(count(*)) OVER () AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} LIMIT {IDS}"
    );
    let query = match session.engine {
        Engine::Postgres => query.replace("sum(count(*)) OVER ()", "CAST(sum(count(*)) OVER () AS bigint)"),
        Engine::Sqlite => query,
    };
    let rows = session.connection.query_all_raw(Statement::from_string(session.engine.backend(), query)).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let all: i64 = first.try_get("", "n")?;
    let ids = rows.iter().map(|row: &QueryResult| row.try_get("", "id")).collect::<Result<_, _>>()?;
    Ok(Some((u64::try_from(all).unwrap_or(0), ids)))
}

/// Whether a table holds any of `ids`.
async fn any_of(other: &Member, session: &Session, table: &str, ids: &[Uuid]) -> Result<bool, DbErr> {
    let Some(table) = other.database.table(table) else { return Ok(true) };
    let literal = |id: &Uuid| match session.engine {
        Engine::Postgres => format!("'{id}'::uuid"),
        Engine::Sqlite => format!("x'{}'", id.simple()),
    };
    let ids = ids.iter().map(literal).collect::<Vec<_>>().join(", ");
    let query = format!("SELECT 1 AS one FROM {} WHERE id IN ({ids}) LIMIT 1", table.sql_name(session.engine));
    let row = session.connection.query_one_raw(Statement::from_string(session.engine.backend(), query)).await?;
    Ok(row.is_some())
}
