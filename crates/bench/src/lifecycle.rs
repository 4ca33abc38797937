//! Four databases on PostgreSQL: made, migrated, and looked at with nothing to do.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::generate::Dialect;
use crate::machine::{BenchError, DATABASES, Machine, workspace};
use crate::measure::{Measure, Step, alternate, timed};
use crate::process::{run as program_run, run_at_once};

/// The three measures of this area.
pub(crate) fn run(pairs: usize) -> Result<Vec<Measure>, BenchError> {
    let machine = Machine::postgres()?;
    let mut measures = vec![create_and_migrate(&machine, pairs)?];
    for verb in ["status", "migrate"] {
        let mut work = || timed(|| machine.xtask(&["db", verb]));
        let mut floor = || timed(|| select_one(&machine));
        let name = format!("`db {verb}` of four databases, nothing to do");
        let floor_name = "four psql at once, `SELECT 1` each";
        measures.push(alternate(&name, floor_name, "under 40 ms", pairs * 3, &mut work, &mut floor)?);
    }
    Ok(measures)
}

fn select_one(machine: &Machine) -> Result<(), BenchError> {
    let select = |(_, database): (&str, &str)| {
        let mut command = machine.psql(database);
        command.args(["-c", "SELECT 1"]);
        command
    };
    run_at_once(DATABASES.into_iter().map(select).collect())
}

/// `db create` and `db migrate` against psql with the same files, one session per database, in parallel.
fn create_and_migrate(machine: &Machine, pairs: usize) -> Result<Measure, BenchError> {
    let scripts = scripts(machine)?;
    let mut work = || {
        machine.xtask(&["db", "drop", "--yes"])?;
        timed(|| {
            machine.xtask(&["db", "create"])?;
            machine.xtask(&["db", "migrate"])
        })
    };
    let mut floor = || {
        for (_, database) in DATABASES {
            psql(machine, "postgres", &format!("DROP DATABASE IF EXISTS {database}_floor"))?;
        }
        timed(|| {
            let create = |(_, database): (&str, &str)| {
                let mut command = machine.psql("postgres");
                command.args(["-c", &format!("CREATE DATABASE {database}_floor TEMPLATE template0 ENCODING 'UTF8'")]);
                command
            };
            run_at_once(DATABASES.into_iter().map(create).collect())?;
            let migrate = |((_, database), script): ((&str, &str), &String)| {
                let mut command = machine.psql(&format!("{database}_floor"));
                command.args(["-f", script]);
                command
            };
            run_at_once(DATABASES.into_iter().zip(&scripts).map(migrate).collect())
        })
    };
    let (work, floor): (&mut Step<'_>, &mut Step<'_>) = (&mut work, &mut floor);
    let floor_name = "psql: the same, one session per database";
    let measure = alternate("`db create` and `db migrate`", floor_name, "at most 1.1 of psql", pairs, work, floor)?;
    for (_, database) in DATABASES {
        psql(machine, "postgres", &format!("DROP DATABASE IF EXISTS {database}_floor"))?;
    }
    Ok(measure)
}

fn psql(machine: &Machine, database: &str, sql: &str) -> Result<(), BenchError> {
    program_run(machine.psql(database).args(["-c", sql]))
}

/// Each database's way there.
fn scripts(machine: &Machine) -> Result<Vec<String>, BenchError> {
    let folder = |name: &str| workspace().join("migrations").join(name);
    DATABASES.iter().map(|(name, _)| script(machine, &folder(name), Dialect::Postgres)).collect()
}

/// What a shell reads to run the migrations of `folder`: a transaction per file as the migrations have it.
pub(crate) fn script(machine: &Machine, folder: &Path, dialect: Dialect) -> Result<String, BenchError> {
    let (begin, other) = match dialect {
        Dialect::Postgres => ("BEGIN", "-- atriz: only sqlite"),
        Dialect::Sqlite => ("BEGIN IMMEDIATE", "-- atriz: only postgres"),
    };
    let mut files: Vec<_> = fs::read_dir(folder.join(dialect.folder()))?.flatten().map(|file| file.path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".up.sql"));
    files.sort();
    let mut script = String::new();
    for file in files {
        let text = fs::read_to_string(file)?;
        if !text.contains(other) {
            writeln!(script, "{begin};\n{text}\nCOMMIT;").expect("writing to a string cannot fail");
        }
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let path = machine.folder.path().join(format!("{name}.{}.sql", dialect.folder()));
    fs::write(&path, script)?;
    Ok(path.display().to_string())
}
