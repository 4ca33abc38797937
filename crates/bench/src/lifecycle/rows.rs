//! Rows in, rows out, and the end of four databases, beside psql with the same rows and tables.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::put_aside;
use crate::machine::{BenchError, DATABASES, Machine};
use crate::measure::{Measure, Named, alternate, alternate_there_and_back, timed};
use crate::process::{answer, run as program_run, run_at_once};

/// Every table that holds rows of its own, with the columns that are written: those that are computed are not.
const TABLES: &str = "SELECT format('%I.%I', n.nspname, c.relname) || E'\\t' || string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) \
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' \
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\\_%' \
    AND n.nspname NOT IN ('information_schema', 'public') GROUP BY n.nspname, c.relname ORDER BY 1";

/// psql looks at no foreign key and runs no trigger, so that its tables may come in any order.
const UNCHECKED: &str = "SET session_replication_role = replica;\n";

/// The measures, on databases that are there and migrated.
pub(super) fn run(machine: &Machine, pairs: usize) -> Result<Vec<Measure>, BenchError> {
    machine.xtask(&["db", "seed"])?;
    let scripts =
        DATABASES.iter().map(|(_, database)| Scripts::write(machine, database)).collect::<Result<Vec<_>, _>>()?;
    let of_all = |script: fn(&Scripts) -> &PathBuf| {
        let psql = |(one, (_, database)): (&Scripts, &(&str, &str))| {
            let mut psql = machine.psql(database);
            psql.arg("-f").arg(script(one));
            psql
        };
        run_at_once(scripts.iter().zip(&DATABASES).map(psql).collect())
    };
    let clean = || machine.xtask(&["db", "clean", "--yes"]);
    let mut work = || Ok([timed(|| machine.xtask(&["db", "seed"]))?, timed(clean)?]);
    let mut floor = || Ok([timed(|| of_all(|one| &one.load))?, timed(|| of_all(|one| &one.empty))?]);
    let ways = [
        Named {
            name: "`db seed` of four databases",
            floor_name: "four psql at once, \\copy of the same rows, keys and triggers off",
        },
        Named { name: "`db clean` of four databases", floor_name: "four psql at once, `TRUNCATE` of the same tables" },
    ];
    clean()?;
    let [seeded, cleaned] = alternate_there_and_back(ways, pairs, &mut work, &mut floor)?;
    Ok(vec![seeded, cleaned, dropped(machine, pairs)?])
}

/// The end of four databases that are migrated and empty. It comes last, since a file system such as ext4 searches longer
/// for room after many files went.
fn dropped(machine: &Machine, pairs: usize) -> Result<Measure, BenchError> {
    put_aside(machine, usize::MAX)?;
    let made = || {
        machine.xtask(&["db", "create"])?;
        machine.xtask(&["db", "migrate"])
    };
    let psql = |sql: String| {
        let mut psql = machine.psql("postgres");
        psql.args(["-c", &sql]);
        psql
    };
    let mut work = || {
        made()?;
        timed(|| machine.xtask(&["db", "drop", "--yes"]))
    };
    let mut floor = || {
        made()?;
        for (_, database) in DATABASES {
            program_run(&mut psql(format!("CREATE DATABASE {database}_gone TEMPLATE {database}")))?;
        }
        let drops = || DATABASES.iter().map(|(_, one)| psql(format!("DROP DATABASE {one}_gone"))).collect();
        let cost = timed(|| run_at_once(drops()))?;
        machine.xtask(&["db", "drop", "--yes"])?;
        Ok(cost)
    };
    let how = "four psql at once, `DROP DATABASE` each";
    alternate("`db drop` of four databases", how, "–", pairs, &mut work, &mut floor)
}

/// What psql reads for one database.
struct Scripts {
    load: PathBuf,
    empty: PathBuf,
}

impl Scripts {
    /// Writes the rows that stand in a database to files, and what puts them back and takes them out.
    fn write(machine: &Machine, database: &str) -> Result<Self, BenchError> {
        let said = answer(machine.psql(database).args(["-c", TABLES]))?;
        let (mut export, mut load, mut tables) = (String::new(), UNCHECKED.to_owned(), Vec::new());
        for (number, line) in said.lines().enumerate() {
            let (table, columns) =
                line.split_once('\t').ok_or_else(|| BenchError::Odd(format!("no columns are told: {line}")))?;
            let file = machine.folder.path().join(format!("{database}_{number}.rows"));
            let file = file.display();
            writeln!(export, "\\copy (SELECT {columns} FROM {table}) TO '{file}'").expect(STRING);
            writeln!(load, "\\copy {table} ({columns}) FROM '{file}'").expect(STRING);
            tables.push(table.to_owned());
        }
        let script = |name: &str, text: &str| -> Result<PathBuf, BenchError> {
            let path = machine.folder.path().join(format!("{database}_{name}.sql"));
            fs::write(&path, text)?;
            Ok(path)
        };
        program_run(machine.psql(database).arg("-f").arg(script("export", &export)?))?;
        let empty = format!("{UNCHECKED}TRUNCATE {};\n", tables.join(", "));
        Ok(Self { load: script("load", &load)?, empty: script("empty", &empty)? })
    }
}

const STRING: &str = "writing to a string cannot fail";
