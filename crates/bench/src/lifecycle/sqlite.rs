//! The life of four files on SQLite, beside sqlite3 with the same files, rows and tables.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::scripts;
use crate::generate::Dialect;
use crate::machine::{BenchError, DATABASES, Machine};
use crate::measure::{Measure, Named, alternate, alternate_there_and_back, timed};
use crate::process::{answer, run as program_run, run_at_once};

/// What every connection of ours is set to, but for foreign keys: rows may come in any order.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL;\nPRAGMA synchronous = NORMAL;\nPRAGMA foreign_keys = OFF;\n\
                       PRAGMA cache_size = -16000;\nPRAGMA temp_store = memory;\n";

/// Every table that holds rows of its own, with the columns that are written: those that are computed are not.
const TABLES: &str = "SELECT l.name || char(9) || group_concat('\"' || c.name || '\"', ', ') \
    FROM pragma_table_list l JOIN pragma_table_xinfo(l.name) c ON c.hidden = 0 \
    WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
    AND l.name NOT IN ('seaql_migrations', 'migration_history', 'database_identity', 'seed_history') GROUP BY l.name";

/// What takes a file's triggers away.
const TRIGGERS: &str = "SELECT 'DROP TRIGGER \"' || name || '\";' FROM sqlite_schema WHERE type = 'trigger'";

/// The measures of this engine.
pub(super) fn run(pairs: usize) -> Result<Vec<Measure>, BenchError> {
    let machine = Machine::sqlite()?;
    let four = Four { data: machine.folder.path().join("data"), floor: machine.folder.path().join("floor"), machine };
    let mut measures = vec![four.create_and_migrate(pairs)?];
    for verb in ["status", "migrate"] {
        let mut work = || timed(|| four.machine.xtask(&["db", verb]));
        let mut floor = || timed(|| four.at_once(&four.data, |_| "SELECT 1;".to_owned()));
        let name = format!("SQLite: `db {verb}` of four databases, nothing to do");
        measures.push(alternate(
            &name,
            "four sqlite3 at once, `SELECT 1` each",
            "–",
            pairs * 3,
            &mut work,
            &mut floor,
        )?);
    }
    measures.extend(four.rows(pairs)?);
    measures.push(four.dropped(pairs)?);
    Ok(measures)
}

/// Four files of ours, and four of sqlite3's.
struct Four {
    machine: Machine,
    data: PathBuf,
    floor: PathBuf,
}

impl Four {
    fn create_and_migrate(&self, pairs: usize) -> Result<Measure, BenchError> {
        let scripts = scripts(&self.machine, Dialect::Sqlite)?;
        let mut work = || {
            remove(&self.data)?;
            timed(|| self.made())
        };
        let mut floor = || {
            remove(&self.floor)?;
            fs::create_dir_all(&self.floor)?;
            let mut scripts = scripts.iter();
            let read = |_: &str| format!("{PRAGMAS}.read {}\n", scripts.next().map_or("", String::as_str));
            let commands = self.commands(&self.floor, read)?;
            timed(|| run_at_once(commands))
        };
        let how = "sqlite3, a process per file, a transaction per migration";
        alternate("SQLite: `db create` and `db migrate`", how, "–", pairs * 2, &mut work, &mut floor)
    }

    fn made(&self) -> Result<(), BenchError> {
        self.machine.xtask(&["db", "create"])?;
        self.machine.xtask(&["db", "migrate"])
    }

    /// Rows in and out. sqlite3 takes them from copies of the files, and runs no trigger.
    fn rows(&self, pairs: usize) -> Result<[Measure; 2], BenchError> {
        self.machine.xtask(&["db", "seed"])?;
        let copies = self.machine.folder.path().join("copies");
        self.copy(&self.data, &copies)?;
        remove(&self.floor)?;
        self.copy(&copies, &self.floor)?;
        let (mut load, mut empty) = (Vec::new(), Vec::new());
        for (_, database) in DATABASES {
            let file = copies.join(format!("{database}.db"));
            let (mut load_one, mut empty_one) =
                (format!("{PRAGMAS}ATTACH '{}' AS copy;\nBEGIN;\n", file.display()), PRAGMAS.to_owned());
            empty_one.push_str("BEGIN;\n");
            for line in answer(self.sqlite3(&file).arg(TABLES))?.lines() {
                let (table, columns) =
                    line.split_once('\t').ok_or_else(|| BenchError::Odd(format!("no columns are told: {line}")))?;
                writeln!(load_one, "INSERT INTO main.\"{table}\" ({columns}) SELECT {columns} FROM copy.\"{table}\";")
                    .expect(STRING);
                writeln!(empty_one, "DELETE FROM \"{table}\";").expect(STRING);
            }
            load.push(load_one + "COMMIT;\n");
            empty.push(empty_one + "COMMIT;\n");
            let floor = self.floor.join(format!("{database}.db"));
            let triggers = answer(self.sqlite3(&floor).arg(TRIGGERS))?;
            program_run(self.sqlite3(&floor).arg(triggers))?;
        }
        let filled = || self.in_order(&load);
        let emptied = || self.in_order(&empty);
        let clean = || self.machine.xtask(&["db", "clean", "--yes"]);
        let seed = || self.machine.xtask(&["db", "seed"]);
        clean()?;
        emptied()?;
        let mut work = || Ok([timed(seed)?, timed(clean)?]);
        let mut floor = || Ok([timed(filled)?, timed(emptied)?]);
        let ways = [
            Named {
                name: "SQLite: `db seed` of four databases",
                floor_name: "four sqlite3 at once, the same rows from a copy, keys and triggers off",
            },
            Named {
                name: "SQLite: `db clean` of four databases",
                floor_name: "four sqlite3 at once, `DELETE` of all rows, keys and triggers off",
            },
        ];
        alternate_there_and_back(ways, pairs, &mut work, &mut floor)
    }

    fn dropped(&self, pairs: usize) -> Result<Measure, BenchError> {
        let mut work = || {
            self.made()?;
            timed(|| self.machine.xtask(&["db", "drop", "--yes"]))
        };
        let mut floor = || {
            self.made()?;
            timed(|| program_run(self.machine.command("rm").arg("-r").arg(&self.data)))
        };
        alternate("SQLite: `db drop` of four databases", "rm of the files", "–", pairs, &mut work, &mut floor)
    }

    fn in_order(&self, scripts: &[String]) -> Result<(), BenchError> {
        let mut scripts = scripts.iter();
        self.at_once(&self.floor, |_| scripts.next().cloned().unwrap_or_default())
    }

    /// One sqlite3 a file below `folder`.
    fn at_once(&self, folder: &Path, text: impl FnMut(&str) -> String) -> Result<(), BenchError> {
        run_at_once(self.commands(folder, text)?)
    }

    fn commands(&self, folder: &Path, mut text: impl FnMut(&str) -> String) -> Result<Vec<Command>, BenchError> {
        let command = |(name, database): (&str, &str)| {
            let script = self.machine.folder.path().join(format!("{database}.read"));
            fs::write(&script, text(name))?;
            let mut command = self.sqlite3(&folder.join(format!("{database}.db")));
            command.arg(format!(".read {}", script.display()));
            Ok(command)
        };
        DATABASES.into_iter().map(command).collect()
    }

    fn sqlite3(&self, file: &Path) -> Command {
        let mut command = self.machine.command("sqlite3");
        command.arg("-bail").arg(file);
        command
    }

    /// Copies the four files, each whole.
    fn copy(&self, from: &Path, to: &Path) -> Result<(), BenchError> {
        fs::create_dir_all(to)?;
        for (_, database) in DATABASES {
            let name = format!("{database}.db");
            program_run(self.sqlite3(&from.join(&name)).arg(format!("VACUUM INTO '{}'", to.join(&name).display())))?;
        }
        Ok(())
    }
}

/// Removes a folder that may not be there.
fn remove(folder: &Path) -> Result<(), BenchError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

const STRING: &str = "writing to a string cannot fail";
