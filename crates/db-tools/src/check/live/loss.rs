//! What a mend would lose: rows that stand in what it drops, and values that a new type cuts.

use atriz_db::{Engine, Session};

use super::empty::rows;
use super::mend::table::renamed;
use super::mend::table_sql::{parsed, sql_name};
use super::report::LiveDatabase;
use crate::check::full_text;
use crate::check::retype::Retype;
use crate::introspect::{Name, Schema, TableKind};
use crate::scratch::quote;

/// A table or a column that a mend drops, or a column that it gives a type which does not hold all of a value.
pub(super) struct Loss {
    /// The finding that has the mend.
    place: usize,
    table: Name,
    /// The column; nothing where the whole table goes.
    column: Option<String>,
    cut: Option<Cut>,
}

struct Cut {
    /// The new type.
    to: String,
    /// The condition that holds for rows that lose something.
    holds: String,
}

/// What the mend of a difference drops. The mend stands with the finding at `place`.
pub(super) fn of(path: &[String], folder: &Schema, live: &Schema, place: usize) -> Option<Loss> {
    let steps: Vec<&str> = path.iter().map(String::as_str).collect();
    let ["tables", table, rest @ ..] = steps.as_slice() else { return None };
    let table = parsed(table);
    let is = live.tables.get(&table)?;
    let Some(goal) = folder.tables.get(&table) else {
        return rest.is_empty().then_some(Loss { place, table, column: None, cut: None });
    };
    // One that is virtual is dropped and made anew, whatever differs in it. An index over another table is filled again.
    let is_index = is.kind == TableKind::Virtual && full_text::refilled(&table.name, goal).is_some();
    if goal.kind == TableKind::Virtual && !is_index {
        return Some(Loss { place, table, column: None, cut: None });
    }
    let ["columns", name, rest @ ..] = rest else { return None };
    let column = is.column(name)?;
    if let (["type"], Engine::Postgres, Some(goal)) = (rest, live.engine, goal.column(name)) {
        let retype = Retype { column: &quote(name), from: &column.type_name, to: &goal.type_name };
        let cut = Cut { to: goal.type_name.clone(), holds: retype.changes()? };
        return Some(Loss { place, table, column: Some((*name).to_owned()), cut: Some(cut) });
    }
    let gone = match goal.column(name) {
        None => renamed(goal, is).is_none(),
        // It is made anew, and computed from then on.
        Some(goal) => rest.first() == Some(&"generated") && goal.generated.is_some() && column.generated.is_none(),
    };
    (gone && column.generated.is_none()).then(|| Loss { place, table, column: Some((*name).to_owned()), cut: None })
}

/// Counts the rows. Where there are any, the mend is a comment that says how many: run as it stands, it loses nothing.
pub(super) async fn count(session: &Session, losses: &[Loss], report: &mut LiveDatabase) {
    for loss in losses {
        let what = loss.words();
        let (table, holds) = (sql_name(&loss.table), loss.holds());
        let said = match rows(session, &format!("SELECT count(*) AS rows FROM {table}{holds}")).await {
            Ok(0) => continue,
            Ok(rows) => loss.counted(rows, &what),
            Err(error) => unknown(&what, &error.to_string()),
        };
        loss.comment_out(&said, report);
    }
}

/// As [`count`], where nobody can count.
pub(super) fn uncounted(losses: &[Loss], error: &str, report: &mut LiveDatabase) {
    for loss in losses {
        loss.comment_out(&unknown(&loss.words(), error), report);
    }
}

fn unknown(what: &str, error: &str) -> String {
    format!("how many rows of {what} would be lost cannot be told: {error}")
}

impl Loss {
    fn holds(&self) -> String {
        match (&self.cut, &self.column) {
            (Some(cut), _) => format!(" WHERE {}", cut.holds),
            (None, Some(column)) => format!(" WHERE {} IS NOT NULL", quote(column)),
            (None, None) => String::new(),
        }
    }

    fn counted(&self, rows: i64, what: &str) -> String {
        let (rows, one) = (if rows == 1 { "1 row".to_owned() } else { format!("{rows} rows") }, rows == 1);
        let has = if one { "has" } else { "have" };
        match (&self.cut, &self.column) {
            (Some(cut), _) => {
                format!("{rows} {has} a value in {what} that {} does not hold, and would lose a part of it", cut.to)
            }
            (None, Some(_)) => format!("{rows} {has} a value in {what}, and would lose it"),
            (None, None) => format!("{rows} of {what} would be lost"),
        }
    }

    fn words(&self) -> String {
        let table = sql_name(&self.table);
        self.column
            .as_ref()
            .map_or_else(|| format!("table {table}"), |column| format!("column {} of {table}", quote(column)))
    }

    fn comment_out(&self, said: &str, report: &mut LiveDatabase) {
        let Some(finding) = report.findings.get_mut(self.place) else { return };
        let first = format!("-- {said}: save them, or run this once they are not needed");
        let mend = std::mem::take(&mut finding.mend);
        finding.mend = std::iter::once(first).chain(mend.iter().map(|statement| commented(statement))).collect();
        if self.column.is_none() {
            keep_schema(&self.table, report);
        }
    }
}

/// The schema of a table that stays cannot be dropped before it.
fn keep_schema(table: &Name, report: &mut LiveDatabase) {
    let drop = format!("DROP SCHEMA {}", quote(&table.schema));
    for statement in report.findings.iter_mut().flat_map(|finding| &mut finding.mend).filter(|one| **one == drop) {
        *statement = format!("-- behind that of {}: {drop};", sql_name(table));
    }
}

fn commented(statement: &str) -> String {
    if statement.starts_with("--") {
        return statement.to_owned();
    }
    let lines: Vec<String> = statement.lines().map(|line| format!("--   {line}")).collect();
    format!("{};", lines.join("\n").trim_end_matches(';'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_statement_is_a_comment() {
        assert_eq!(commented("CREATE TABLE a (\n    b\n)"), "--   CREATE TABLE a (\n--       b\n--   );");
        assert_eq!(commented("-- said"), "-- said");
    }
}
