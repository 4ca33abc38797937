//! Finds the row of a file that the engine refused: it names the constraint at best.

use sea_orm::sqlx;

use super::SeedError;
use super::raw::Raw;
use super::rows::Seen;
use super::shape::Shape;
use super::stage::StageSql;
use crate::failure::{Failure, FailureKind};

/// The error with its row, where one row alone is refused. The rows are staged, and of the failed try nothing is left but
/// the transaction.
pub(super) async fn refused(
    raw: &mut Raw,
    label: &str,
    seen: &Seen,
    sql: &StageSql<'_>,
    error: &sqlx::Error,
) -> SeedError {
    let failure = Failure::of_sqlx(error);
    let of_a_row = matches!(
        failure.kind,
        FailureKind::Check | FailureKind::NotNull | FailureKind::Unique | FailureKind::WrongType
    );
    let row = if of_a_row { find(raw, sql, seen.len()).await.unwrap_or_default() } else { None };
    let Some(row) = row.and_then(|number| seen.lines.get(number).copied()) else {
        return SeedError::engine(label, error);
    };
    let file = label.to_owned();
    match heading(sql.shape, &failure) {
        Some(column) => SeedError::Value { file, row, column: column.to_owned(), reason: failure.message },
        None => SeedError::Row { file, row, reason: failure.message },
    }
}

/// Halves the rows until one is left; nothing where none is refused by itself.
async fn find(raw: &mut Raw, sql: &StageSql<'_>, rows: usize) -> Result<Option<usize>, sqlx::Error> {
    let (mut first, mut end) = (0, rows);
    while end - first > 1 {
        let middle = usize::midpoint(first, end);
        if is_refused(raw, sql, first, middle).await? {
            end = middle;
        } else {
            first = middle;
        }
    }
    Ok(if is_refused(raw, sql, first, end).await? { Some(first) } else { None })
}

async fn is_refused(raw: &mut Raw, sql: &StageSql<'_>, first: usize, end: usize) -> Result<bool, sqlx::Error> {
    raw.execute("SAVEPOINT part").await?;
    let refused = raw.execute(&sql.upsert_of(first, end)).await.is_err();
    raw.execute("ROLLBACK TO SAVEPOINT part").await?;
    Ok(refused)
}

/// The column that the engine names, or that the constraint is called after: `ck_{table}_{column}` and what follows.
fn heading<'s>(shape: &'s Shape, failure: &Failure) -> Option<&'s str> {
    let by_name = |name: &str| shape.columns.iter().find(|column| column.name == name);
    let named = match failure.columns.as_slice() {
        [column] => by_name(column),
        _ => None,
    };
    let prefix = format!("ck_{}_", shape.table.name);
    let what = failure.constraint.as_deref().and_then(|constraint| constraint.strip_prefix(&prefix));
    let called = what.and_then(|what| {
        let starts = |name: &str| what.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
        let fitting = shape.columns.iter().filter(|column| starts(&column.name));
        fitting.max_by_key(|column| column.name.len())
    });
    named.or(called).map(|column| column.heading.as_str())
}
