//! Holding schemas against each other, and reading migrations by rules.

mod lint;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::generate::Dialect;
use crate::lifecycle;
use crate::machine::{BenchError, DATABASES, Machine};
use crate::measure::{Cost, Measure, alternate, timed};
use crate::migrate::{Found, Wanted, with_commas};
use crate::plot::{Line, Plot};
use crate::process::{run as program_run, run_at_once};
use crate::wide;

/// How often the shells have replayed: what they made stays, for dropping it costs whoever comes next.
static ROUNDS: AtomicUsize = AtomicUsize::new(0);

/// The measures of this area.
pub(crate) fn run(wanted: Wanted) -> Result<Found, BenchError> {
    let machine = Machine::postgres()?;
    let (mut measures, plot) = by_tables(&machine, wanted)?;
    measures.insert(0, four_databases(&machine, wanted.pairs)?);
    measures.extend(lint::measures(&machine, wanted.pairs)?);
    Ok(Found { measures, plots: vec![plot], ..Found::default() })
}

/// `db check` of the workspace, against the shells with the same files.
fn four_databases(machine: &Machine, pairs: usize) -> Result<Measure, BenchError> {
    let scripts = DATABASES.map(|(name, database)| (database.to_owned(), folder_of(name)));
    let mut work = || timed(|| machine.xtask(&["db", "check"]));
    let mut floor = || replay(machine, &scripts);
    let name = "`db check` of four databases, both engines";
    alternate(name, SHELLS, "under 3 s", pairs, &mut work, &mut floor)
}

const SHELLS: &str = "psql and sqlite3 with the same files, a session per database and engine, all at once";

fn folder_of(name: &str) -> PathBuf {
    crate::machine::workspace().join("migrations").join(name)
}

/// How the cost grows with the number of tables.
fn by_tables(machine: &Machine, wanted: Wanted) -> Result<(Vec<Measure>, Plot), BenchError> {
    let (mut ours, mut shells) = (Line::new("check"), Line::new("shells"));
    let mut measures = Vec::new();
    for &count in wide::sizes(wanted.quick) {
        let (root, database) = (machine.folder.path().join(format!("tables_{count}")), format!("wide_{count}"));
        let folder = root.join("migrations").join(&database);
        wide::write_tables(&folder, count)?;
        let scripts = [(database, folder)];
        let mut work = || timed(|| program_run(&mut machine.fleet(&root, "check", "check")?));
        let mut floor = || replay(machine, &scripts);
        let name = format!("check of {} tables × 10 columns, both engines", with_commas(count));
        let target = if count == 1_000 { "under 8 s" } else { "–" };
        let measure = alternate(&name, SHELLS, target, wanted.pairs, &mut work, &mut floor)?;
        ours.add(count, &measure.values);
        shells.add(count, &measure.floors);
        measures.push(measure);
    }
    let title = "Milliseconds to check the folders of both engines, by their tables";
    Ok((measures, Plot { file: "check", title, lines: vec![ours, shells] }))
}

/// Runs the files of each folder with psql on a new database and with sqlite3 on a new file.
fn replay(machine: &Machine, folders: &[(String, PathBuf)]) -> Result<Cost, BenchError> {
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
