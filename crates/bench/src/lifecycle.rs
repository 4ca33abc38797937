//! Four databases: made, migrated, looked at with nothing to do, filled, emptied and dropped.

mod rows;
mod sqlite;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::generate::Dialect;
use crate::machine::{BenchError, DATABASES, Machine, workspace};
use crate::measure::{Measure, Step, alternate, timed};
use crate::process::{run as program_run, run_at_once};

/// The measures of this area, on the engines that are asked for.
pub(crate) fn run(pairs: usize, on_postgres: bool, on_sqlite: bool) -> Result<Vec<Measure>, BenchError> {
    let mut measures = if on_postgres { postgres(pairs)? } else { Vec::new() };
    if on_sqlite {
        measures.extend(sqlite::run(pairs)?);
    }
    Ok(measures)
}

fn postgres(pairs: usize) -> Result<Vec<Measure>, BenchError> {
    let machine = Machine::postgres()?;
    // One pair in ten is a fifth off, whichever way; what is asked of the median is a tenth.
    let mut measures = vec![create_and_migrate(&machine, pairs * 4)?];
    for verb in ["status", "migrate"] {
        let mut work = || timed(|| machine.xtask(&["db", verb]));
        let mut floor = || timed(|| select_one(&machine));
        let name = format!("`db {verb}` of four databases, nothing to do");
        let floor_name = "four psql at once, `SELECT 1` each";
        measures.push(alternate(&name, floor_name, "under 40 ms", pairs * 3, &mut work, &mut floor)?);
    }
    measures.extend(rows::run(&machine, pairs)?);
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

/// `db create` and `db migrate` against psql with the same files, one session per database, in parallel. Databases are put
/// aside and not dropped: a file system such as ext4 searches longer for room for minutes after many files went, and
/// whoever comes next would pay for it.
fn create_and_migrate(machine: &Machine, pairs: usize) -> Result<Measure, BenchError> {
    let scripts = scripts(machine, Dialect::Postgres)?;
    let (mut ours, mut theirs) = (0, 0);
    let mut work = || {
        ours += 1;
        put_aside(machine, ours)?;
        timed(|| {
            machine.xtask(&["db", "create"])?;
            machine.xtask(&["db", "migrate"])
        })
    };
    let mut floor = || {
        theirs += 1;
        let names = DATABASES.map(|(_, database)| format!("{database}_floor_{theirs}"));
        timed(|| {
            let create = |database: &String| {
                let mut command = machine.psql("postgres");
                command.args(["-c", &format!("CREATE DATABASE {database} TEMPLATE template0 ENCODING 'UTF8'")]);
                command
            };
            run_at_once(names.iter().map(create).collect())?;
            let migrate = |(database, script): (&String, &String)| {
                let mut command = machine.psql(database);
                command.args(["-f", script]);
                command
            };
            run_at_once(names.iter().zip(&scripts).map(migrate).collect())
        })
    };
    let (work, floor): (&mut Step<'_>, &mut Step<'_>) = (&mut work, &mut floor);
    let floor_name = "psql: the same, one session per database";
    alternate("`db create` and `db migrate`", floor_name, "at most 1.1 of psql", pairs, work, floor)
}

/// Gives the databases and their roles other names, where they are there.
fn put_aside(machine: &Machine, round: usize) -> Result<(), BenchError> {
    let mut script = String::new();
    for (_, database) in DATABASES {
        for (kind, catalogue, column) in [("DATABASE", "pg_database", "datname"), ("ROLE", "pg_roles", "rolname")] {
            writeln!(
                script,
                "SELECT format('ALTER {kind} %I RENAME TO %I', {column}, {column} || '_{round}') FROM {catalogue} \
                 WHERE {column} ~ '^{database}(_[a-z]+)?$' AND {column} !~ '_floor' \\gexec"
            )
            .expect("writing to a string cannot fail");
        }
    }
    let path = machine.folder.path().join("aside.sql");
    fs::write(&path, script)?;
    program_run(machine.psql("postgres").arg("-f").arg(path))
}

/// Each database's way there.
fn scripts(machine: &Machine, dialect: Dialect) -> Result<Vec<String>, BenchError> {
    let folder = |name: &str| workspace().join("migrations").join(name);
    DATABASES.iter().map(|(name, _)| script(machine, &folder(name), dialect)).collect()
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
        if text.contains(other) {
            continue;
        }
        // Such an index cannot be built within a transaction.
        let whole = if text.contains(" CONCURRENTLY ") { text } else { format!("{begin};\n{text}\nCOMMIT;") };
        writeln!(script, "{whole}").expect("writing to a string cannot fail");
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let path = machine.folder.path().join(format!("{name}.{}.sql", dialect.folder()));
    fs::write(&path, script)?;
    Ok(path.display().to_string())
}
