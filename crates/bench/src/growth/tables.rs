//! Emptying databases of ten, a hundred and a thousand tables.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::generate::Dialect;
use crate::machine::{BenchError, Machine};
use crate::measure::{alternate, timed};
use crate::migrate::{Found, with_commas};
use crate::plot::{Line, Plot};
use crate::process;
use crate::wide;

/// What each table holds before it is emptied.
const ROWS: usize = 10;

/// Folders of both engines that make `count` tables, and where the program finds them.
struct Wide {
    root: PathBuf,
    count: usize,
}

impl Wide {
    fn write(machine: &Machine, count: usize) -> Result<Self, BenchError> {
        let root = machine.folder.path().join(format!("tables_{count}"));
        wide::write_tables(&root.join("migrations").join(format!("wide_{count}")), count)?;
        Ok(Self { root, count })
    }

    /// What the database is called.
    fn database(&self) -> String {
        format!("wide_{}_clean", self.count)
    }

    /// A statement for each table, in one transaction.
    fn script(&self, machine: &Machine, name: &str, of: impl Fn(usize) -> String) -> Result<PathBuf, BenchError> {
        let begin = if machine.server.is_some() { "BEGIN" } else { "BEGIN IMMEDIATE" };
        let mut text = format!("{begin};\n");
        for table in 0..self.count {
            writeln!(text, "{};", of(table)).expect("writing to a string cannot fail");
        }
        text.push_str("COMMIT;\n");
        let path = self.root.join(name);
        fs::write(&path, text)?;
        Ok(path)
    }
}

pub(super) fn clean_plot(lines: Vec<Line>) -> Plot {
    Plot { file: "clean", title: "Milliseconds to empty a database, by its tables", lines }
}

/// `clean` beside the shell that empties the same tables.
pub(super) fn clean(machine: &Machine, quick: bool, pairs: usize, found: &mut Found) -> Result<[Line; 2], BenchError> {
    let (dialect, shell, how) = match machine.server {
        Some(_) => (Dialect::Postgres, "psql", "psql: `TRUNCATE` of the same tables"),
        None => (Dialect::Sqlite, "sqlite3", "sqlite3: `DELETE` from the same tables, in one transaction"),
    };
    let (mut ours, mut theirs) = (Line::new(machine.engine()), Line::new(shell));
    for &count in wide::sizes(quick) {
        let wide = Wide::write(machine, count)?;
        for verb in ["create", "migrate"] {
            process::run(&mut machine.fleet(&wide.root, verb, "clean")?)?;
        }
        let table = |number: usize| dialect.spell(&format!("{{app}}wides_{number}"));
        let rows =
            wide.script(machine, "fill.sql", |number| format!("INSERT INTO {} VALUES {}", table(number), rows()))?;
        let empty = match dialect {
            Dialect::Postgres => {
                let tables: Vec<String> = (0..count).map(table).collect();
                let path = wide.root.join("empty.sql");
                fs::write(&path, format!("TRUNCATE {} RESTART IDENTITY;\n", tables.join(", ")))?;
                path
            }
            Dialect::Sqlite => wide.script(machine, "empty.sql", |number| format!("DELETE FROM {}", table(number)))?,
        };
        let read = |script: &Path| shell_with(machine, &wide.database(), script);
        let mut work = || {
            process::run(&mut read(&rows))?;
            timed(|| process::run(&mut machine.fleet(&wide.root, "clean", "clean")?))
        };
        let mut floor = || {
            process::run(&mut read(&rows))?;
            timed(|| process::run(&mut read(&empty)))
        };
        let name = format!("{}: clean of {} tables of {ROWS} rows", machine.engine(), with_commas(count));
        let measure = alternate(&name, how, "–", pairs, &mut work, &mut floor)?;
        ours.add(count, &measure.values);
        theirs.add(count, &measure.floors);
        found.measures.push(measure);
    }
    Ok([ours, theirs])
}

/// The engine's own shell with a script.
fn shell_with(machine: &Machine, database: &str, script: &Path) -> Command {
    if machine.server.is_some() {
        let mut psql = machine.psql(database);
        psql.arg("-f").arg(script);
        return psql;
    }
    let mut sqlite3 = machine.command("sqlite3");
    let file = machine.folder.path().join("data").join(format!("{database}.db"));
    sqlite3.arg("-bail").arg(file).arg(format!(".read {}", script.display()));
    sqlite3
}

/// An id, a code, and eight values: numbers and texts in turn.
fn rows() -> String {
    let row = |number: usize| format!("({number}, 'code', 1, 'two', 3, 'four', 5, 'six', 7, 'eight')");
    (0..ROWS).map(row).collect::<Vec<_>>().join(", ")
}
