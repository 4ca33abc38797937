//! What a plan comes to, and where to be careful.

use serde::Serialize;

use super::effect::{Blocks, Work};
use super::estimate::Rows;
use super::report::{DatabasePlan, Grouping, PlannedMigration, PlannedStatement, PlannedTable};

/// What a plan comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How many migrations are pending.
    pub migrations: usize,
    /// How many statements they hold.
    pub statements: usize,
    /// Where to be careful, the worst first.
    pub careful: Vec<Careful>,
}

/// A statement to be careful with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Careful {
    /// The database.
    pub database: String,
    /// The migration.
    pub version: String,
    /// The statement's place in the file; nothing for a migration in Rust.
    pub statement: Option<usize>,
    /// How bad it is.
    pub kind: CarefulKind,
    /// The statement and what it does, in words.
    pub message: String,
    /// How many rows that concerns; nothing where that is not known.
    pub rows: Option<Rows>,
}

/// Why to be careful, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CarefulKind {
    /// A table is written anew while others wait.
    Rewrite,
    /// Every row of a table is changed, and locked.
    EveryRow,
    /// A table is read from end to end while others wait.
    Scan,
    /// Others wait for a moment, and the statement waits for them.
    Lock,
    /// What it does is not known.
    Unknown,
}

impl Summary {
    /// Sums up.
    pub(super) fn of(databases: &[DatabasePlan]) -> Self {
        let mut summary = Self::default();
        for database in databases {
            for migration in &database.migrations {
                summary.migrations += 1;
                summary.statements += migration.statements.len();
                summary.careful.extend(careful(database, migration));
            }
        }
        let rows = |one: &Careful| std::cmp::Reverse(one.rows.map_or(0, |rows| rows.number));
        summary.careful.sort_by_key(|one| (one.kind, rows(one)));
        summary
    }
}

fn careful(database: &DatabasePlan, migration: &PlannedMigration) -> Vec<Careful> {
    let careful = |statement, kind, rows, message| Careful {
        database: database.database.clone(),
        version: migration.version.clone(),
        statement,
        kind,
        message,
        rows,
    };
    if migration.grouping == Grouping::Rust {
        return vec![careful(None, CarefulKind::Unknown, None, "in Rust: unknown effect".to_owned())];
    }
    let one = |statement: &PlannedStatement| {
        let (kind, rows, what) = verdict(statement)?;
        let message = format!("{} {what}", statement.excerpt(60));
        Some(careful(Some(statement.number), kind, rows, message))
    };
    migration.statements.iter().filter_map(one).collect()
}

/// What to be careful of in one statement, if anything.
fn verdict(statement: &PlannedStatement) -> Option<(CarefulKind, Option<Rows>, String)> {
    if !statement.known {
        return Some((CarefulKind::Unknown, None, "has an unknown effect".to_owned()));
    }
    let waiting = statement.waiting.waiting();
    let blocks = statement.waiting >= Blocks::Writes;
    let work = |work: &Option<Work>, verb: &str| {
        let work = work.as_ref().filter(|_| blocks)?;
        let table = statement.table(&work.table).filter(|table| concerns(table))?;
        let condition = work.condition.as_ref().map(|condition| format!(", {condition},")).unwrap_or_default();
        Some((table.rows, format!("{verb} {}{condition} while {waiting}", amount(table.rows))))
    };
    if let Some((rows, what)) = work(&statement.rewrites, "rewrites") {
        return Some((CarefulKind::Rewrite, rows, what));
    }
    let every = statement.changes_every_row.as_ref().and_then(|table| statement.table(table));
    if let Some(table) = every.filter(|table| concerns(table)) {
        let meanwhile = if blocks { format!(" while {waiting}") } else { ", each locked until the commit".to_owned() };
        return Some((CarefulKind::EveryRow, table.rows, format!("changes {}{meanwhile}", amount(table.rows))));
    }
    if let Some((rows, what)) = work(&statement.scans, "scans") {
        return Some((CarefulKind::Scan, rows, what));
    }
    let held = statement.tables.iter().filter(|table| concerns(table));
    let worst = held.filter_map(|table| Some((table.lock?, table))).max_by_key(|(lock, table)| (*lock, table.rows))?;
    let (lock, table) = worst;
    (lock.blocks() >= Blocks::Writes).then(|| {
        let what = format!("locks {} ({}) while {}", table.table, amount(table.rows), lock.blocks().waiting());
        (CarefulKind::Lock, table.rows, what)
    })
}

/// Whether somebody can be waiting for the table: it was there before the run, or the run copied rows into it, and it is
/// not known to be empty.
pub(super) fn concerns(table: &PlannedTable) -> bool {
    let empty = table.rows.is_some_and(|rows| rows.number == 0);
    !empty && (!table.new || table.rows.is_some())
}

fn amount(rows: Option<Rows>) -> String {
    rows.map_or_else(|| "an unknown number of rows".to_owned(), |rows| rows.to_string())
}

#[cfg(test)]
mod tests {
    use atriz_db::Engine;

    use super::*;

    #[test]
    fn a_migration_in_rust_is_one_to_be_careful_with() {
        let migrations =
            vec![PlannedMigration { version: "1_x".into(), grouping: Grouping::Rust, ran: 0, statements: Vec::new() }];
        let (database, place) = ("shop".into(), "here".into());
        let plan = DatabasePlan { database, engine: Engine::Sqlite, place, exists: true, hint: None, migrations };
        let summary = Summary::of(&[plan]);
        assert_eq!((summary.migrations, summary.statements), (1, 0));
        assert_eq!(summary.careful[0].kind, CarefulKind::Unknown);
        assert_eq!(summary.careful[0].message, "in Rust: unknown effect");
    }
}
