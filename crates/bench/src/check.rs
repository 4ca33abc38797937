//! Holding schemas against each other, and reading migrations by rules.

mod lint;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::generate::{Dialect, moment};
use crate::lifecycle;
use crate::machine::{BenchError, DATABASES, Machine};
use crate::measure::{Cost, Measure, alternate, timed};
use crate::process::{run as program_run, run_at_once};

/// How often the shells have replayed: what they made stays, for dropping it costs whoever comes next.
static ROUNDS: AtomicUsize = AtomicUsize::new(0);

/// How many tables a file makes.
const TABLES_OF_A_FILE: usize = 10;

/// The measures of this area.
pub(crate) fn run(pairs: usize) -> Result<Vec<Measure>, BenchError> {
    let machine = Machine::postgres()?;
    let mut measures = vec![four_databases(&machine, pairs)?, a_thousand_tables(&machine, pairs)?];
    measures.extend(lint::measures(&machine, pairs)?);
    Ok(measures)
}

/// `db check` of the workspace, against the shells with the same files.
fn four_databases(machine: &Machine, pairs: usize) -> Result<Measure, BenchError> {
    let scripts = DATABASES.map(|(name, database)| (database.to_owned(), folder_of(name)));
    let mut work = || timed(|| machine.xtask(&["db", "check"]));
    let mut floor = || replay(machine, &scripts);
    let name = "`db check` of four databases, both engines";
    alternate(name, SHELLS, "under 3 s", pairs, &mut work, &mut floor)
}

pub(crate) const SHELLS: &str = "psql and sqlite3 with the same files, a session per database and engine, all at once";

fn folder_of(name: &str) -> PathBuf {
    crate::machine::workspace().join("migrations").join(name)
}

fn a_thousand_tables(machine: &Machine, pairs: usize) -> Result<Measure, BenchError> {
    let root = machine.folder.path().join("tables");
    let folder = root.join("migrations").join("wide");
    write_tables(&folder, 1_000)?;
    let scripts = [("wide".to_owned(), folder)];
    let mut work = || timed(|| program_run(&mut machine.fleet(&root, "check", "check")?));
    let mut floor = || replay(machine, &scripts);
    let name = "check of 1,000 tables × 10 columns, both engines";
    alternate(name, SHELLS, "under 8 s", pairs, &mut work, &mut floor)
}

/// Runs the files of each folder with psql on a new database and with sqlite3 on a new file.
pub(crate) fn replay(machine: &Machine, folders: &[(String, PathBuf)]) -> Result<Cost, BenchError> {
    let round = ROUNDS.fetch_add(1, Ordering::Relaxed);
    let mut scripts = Vec::new();
    for (name, folder) in folders {
        let file = machine.folder.path().join(format!("{name}_check_{round}.db"));
        let of = |dialect: Dialect| lifecycle::script(machine, folder, dialect);
        scripts.push((format!("{name}_check_{round}"), file, of(Dialect::Postgres)?, of(Dialect::Sqlite)?));
    }
    timed(|| {
        let create = |name: &String| {
            let mut command = machine.psql("postgres");
            command.args(["-c", &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")]);
            command
        };
        run_at_once(scripts.iter().map(|(name, ..)| create(name)).collect())?;
        let shells = scripts.iter().flat_map(|(name, file, postgres, sqlite)| {
            let mut psql = machine.psql(name);
            psql.args(["-f", postgres]);
            let mut sqlite3 = machine.command("sqlite3");
            sqlite3.arg("-bail").arg(file).arg(format!(".read {sqlite}"));
            [psql, sqlite3]
        });
        run_at_once(shells.collect())
    })
}

/// Twin folders that make `count` tables of ten columns, with keys, checks and indexes, ten to a file.
pub(crate) fn write_tables(folder: &Path, count: usize) -> Result<(), BenchError> {
    for dialect in Dialect::ALL {
        let engine = folder.join(dialect.folder());
        fs::create_dir_all(&engine)?;
        for file in 0..count.div_ceil(TABLES_OF_A_FILE) {
            let (mut up, mut down) = (String::new(), String::new());
            if file == 0 && dialect == Dialect::Postgres {
                up.push_str("CREATE SCHEMA app;\n");
            }
            for table in file * TABLES_OF_A_FILE..((file + 1) * TABLES_OF_A_FILE).min(count) {
                up.push_str(&dialect.spell(&table_of_ten(table)));
                down.push_str(&dialect.spell(&format!("DROP TABLE {{app}}wides_{table};\n")));
            }
            let stem = format!("{}_create_wides_{file}", moment(file));
            fs::write(engine.join(format!("{stem}.up.sql")), up)?;
            fs::write(engine.join(format!("{stem}.down.sql")), down)?;
        }
    }
    Ok(())
}

fn table_of_ten(number: usize) -> String {
    let mut columns = String::new();
    for column in 1..=8 {
        let kind = ["{text}", "{big}"][column % 2];
        writeln!(columns, "    value_{column} {kind} NOT NULL,").expect("writing to a string cannot fail");
    }
    format!(
        "CREATE TABLE {{app}}wides_{number} (\n    id {{big}} NOT NULL,\n    code {{text}} NOT NULL,\n{columns}    \
         CONSTRAINT pk_wides_{number} PRIMARY KEY (id),\n    \
         CONSTRAINT ck_wides_{number}_value_1 CHECK (value_1 BETWEEN 0 AND 9)\n){{strict}};\n\
         CREATE INDEX idx_wides_{number}_code_value_1 ON {{app}}wides_{number} (code, value_1) WHERE value_3 > 0;\n"
    )
}
