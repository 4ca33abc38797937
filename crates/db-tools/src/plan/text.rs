//! The plan for people.

use std::fmt::Write as _;

use atriz_db::Engine;

use super::effect::{LockLevel, Work};
use super::report::{DatabasePlan, Grouping, MigrationPlan, PlannedMigration, PlannedStatement, PlannedTable};
use super::summary::concerns;

/// How wide a shortened statement is.
const WIDTH: usize = 100;
/// How many warnings are printed.
const MOST_WARNINGS: usize = 20;

impl MigrationPlan {
    /// The plan in lines, statements shortened unless they are wanted in full.
    pub fn text(&self, full: bool) -> String {
        let mut text = String::new();
        for database in &self.databases {
            database.write(&mut text, full);
        }
        self.write_summary(&mut text);
        text.truncate(text.trim_end().len());
        text
    }

    fn write_summary(&self, text: &mut String) {
        let careful = &self.summary.careful;
        for one in careful.iter().take(MOST_WARNINGS) {
            line(text, 0, &format!("careful: {} {} {}", one.database, one.version, one.message));
        }
        if careful.len() > MOST_WARNINGS {
            line(text, 0, &format!("careful: and {} more; `--json` has all", careful.len() - MOST_WARNINGS));
        }
        let (migrations, statements) = (self.summary.migrations, self.summary.statements);
        let verdict = match careful.len() {
            0 => "none keeps anybody waiting for a table with rows".to_owned(),
            number => format!("{number} to be careful with"),
        };
        let numbers = format!("{}, {}", counted(migrations, "migration"), counted(statements, "statement"));
        line(text, 0, &if migrations == 0 { "nothing is pending".to_owned() } else { format!("{numbers}; {verdict}") });
    }
}

/// `1 statement`, `2 statements`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

impl DatabasePlan {
    fn write(&self, text: &mut String, full: bool) {
        let engine = match self.engine {
            Engine::Postgres => "PostgreSQL",
            Engine::Sqlite => "SQLite",
        };
        line(text, 0, &format!("{} ({engine}, {})", self.database, self.place));
        if !self.exists {
            line(text, 2, &format!("does not exist yet: {}", self.hint.as_deref().unwrap_or_default()));
        }
        for migration in &self.migrations {
            let idle = migration.statements.is_empty() && migration.ran == 0 && migration.grouping != Grouping::Rust;
            let how = if idle { "for the other engine alone" } else { migration.grouping.words() };
            let ran = match migration.ran {
                0 => String::new(),
                ran => format!(", from where it broke off: {} ran before", counted(ran, "statement")),
            };
            line(text, 2, &format!("{}: {how}{ran}", migration.version));
            if self.engine == Engine::Sqlite && !migration.statements.is_empty() {
                line(text, 4, "the whole file is locked for writers meanwhile; readers go on");
            }
            migration.write(text, full);
        }
        text.push('\n');
    }
}

impl PlannedMigration {
    fn write(&self, text: &mut String, full: bool) {
        let tables = self.statements.iter().flat_map(|statement| &statement.tables);
        let table = tables.clone().map(|table| table.table.to_string().chars().count()).max().unwrap_or(0);
        let locks = tables.filter(|table| !table.new).filter_map(|table| table.lock);
        let lock = locks.map(|lock| lock.words().len()).max().unwrap_or(0);
        for statement in &self.statements {
            statement.write(text, full, (table, lock));
        }
    }
}

impl PlannedStatement {
    fn write(&self, text: &mut String, full: bool, (table, lock): (usize, usize)) {
        let mut lines: Vec<String> = self.tables.iter().map(|one| self.describe(one, table, lock)).collect();
        if !self.known {
            lines.push("unknown effect".to_owned());
        }
        let mut worked = self.scans.iter().chain(&self.rewrites).filter_map(|work| self.table(&work.table));
        let works = !self.known || worked.any(concerns);
        if works && self.waiting > self.blocks {
            lines.push(format!("meanwhile {}, for the locks of statements before it", self.waiting.waiting()));
        }
        lines.extend(self.notes.iter().cloned());
        if lines.is_empty() {
            lines.push("touches no table".to_owned());
        }
        for (index, what) in lines.iter().enumerate() {
            let number = if index == 0 { format!("{:>3}", self.number) } else { "   ".to_owned() };
            line(text, 4, &format!("{number}  {what}"));
        }
        let sql = if full { self.sql.clone() } else { self.excerpt(WIDTH) };
        for part in sql.lines() {
            line(text, 11, part);
        }
    }

    /// `catalog.products  ACCESS EXCLUSIVE  blocks reads and writes; rewrites about 1,200,000 rows`.
    fn describe(&self, table: &PlannedTable, width: usize, lock_width: usize) -> String {
        let name = table.table.to_string();
        let lock = table.lock.filter(|_| !table.new).map(LockLevel::words).unwrap_or_default();
        let mut parts = Vec::new();
        match table.lock {
            _ if table.new => parts.push("new".to_owned()),
            Some(lock) => parts.push(lock.blocks().words().to_owned()),
            None => {}
        }
        let rows = table.rows.map(|rows| rows.to_string());
        if !table.new || rows.is_some() {
            let work = self.work_on(table, rows.as_deref().unwrap_or("an unknown number of rows"));
            let idle = work.is_empty();
            parts.extend(work);
            parts.extend(rows.filter(|_| idle));
        }
        let gap = if lock_width == 0 { "" } else { "  " };
        format!("{name:width$}{gap}{lock:lock_width$}  {}", parts.join("; "))
    }
}

/// What a statement does to the rows of one table.
impl PlannedStatement {
    fn work_on(&self, table: &PlannedTable, rows: &str) -> Vec<String> {
        let works = [("rewrites", &self.rewrites), ("scans", &self.scans)];
        let of_table = works.into_iter().filter_map(|(verb, work)| Some((verb, work.as_ref()?)));
        let of_table = of_table.filter(|(_, work)| work.table.is(&table.table));
        let mut parts: Vec<String> = of_table
            .map(|(verb, Work { condition, .. })| match condition {
                Some(condition) => format!("{verb} {rows} {condition}"),
                None => format!("{verb} {rows}"),
            })
            .collect();
        if self.changes_every_row.as_ref().is_some_and(|one| one.is(&table.table)) {
            parts.push("changes every row".to_owned());
        }
        parts
    }
}

fn line(text: &mut String, indent: usize, content: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", format!("{:indent$}{content}", "").trim_end());
}
