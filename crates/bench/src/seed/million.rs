//! A million rows of a made-up table, and the same file by the engine's own shell into the same table.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::TARGET;
use crate::generate::Dialect;
use crate::machine::{BenchError, Machine};
use crate::measure::{Measure, alternate, timed};
use crate::migrate::with_commas;
use crate::process;

const NAME: &str = "readings";

pub(super) fn run(machine: &Machine, quick: bool, pairs: usize) -> Result<Measure, BenchError> {
    let rows = if quick { 100_000 } else { 1_000_000 };
    let root = machine.folder.path().join("million");
    let file = write(&root, rows)?;
    let fleet = |verb| process::run(&mut machine.fleet(&root, verb, "seed")?);
    fleet("create")?;
    fleet("migrate")?;
    let mut work = || {
        fleet("clean")?;
        timed(|| fleet("seed"))
    };
    let mut floor = || {
        fleet("clean")?;
        timed(|| process::run(&mut shell(machine, &file)))
    };
    let name = format!("{}: a seed of {} rows", machine.engine(), with_commas(rows));
    let how = if machine.server.is_some() {
        "psql \\copy into the same table"
    } else {
        "sqlite3 .import into the same table"
    };
    alternate(&name, how, TARGET, pairs, &mut work, &mut floor)
}

/// The migration and the seed. Answers where the seed stands.
fn write(root: &Path, rows: usize) -> Result<PathBuf, BenchError> {
    for dialect in Dialect::ALL {
        let folder = root.join("migrations").join(NAME).join(dialect.folder());
        fs::create_dir_all(&folder)?;
        let schema = if dialect == Dialect::Postgres { "CREATE SCHEMA app;\n" } else { "" };
        let up = dialect.spell(
            "CREATE TABLE {app}readings (\n    device {big} NOT NULL,\n    seq {big} NOT NULL,\n    \
             recorded_at {time} NOT NULL,\n    lat_e7 {big} NOT NULL,\n    lon_e7 {big} NOT NULL,\n    \
             note {text} NOT NULL,\n    CONSTRAINT pk_readings PRIMARY KEY (device, seq)\n){strict};\n\
             CREATE INDEX idx_readings_recorded_at ON {app}readings (recorded_at);\n",
        );
        let file = |direction| folder.join(format!("20200101000000_create_readings.{direction}.sql"));
        fs::write(file("up"), format!("{schema}{up}"))?;
        fs::write(file("down"), dialect.spell("DROP TABLE {app}readings;\n"))?;
    }
    let folder = root.join("seeds").join(NAME).join("demo");
    fs::create_dir_all(&folder)?;
    let path = folder.join("01_readings.csv");
    let mut csv = BufWriter::new(fs::File::create(&path)?);
    writeln!(csv, "device*,seq*,recorded_at,lat_e7,lon_e7,note")?;
    for row in 0..rows {
        // A thousand devices in turn, a second apart: each key is new, and the times rise as they would.
        let (device, seq) = (row % 1_000, row / 1_000);
        let time =
            format!("2020-01-{:02}T{:02}:{:02}:{:02}Z", row / 86_400 + 1, row / 3_600 % 24, row / 60 % 60, row % 60);
        let (lat, lon) = (194_000_000 + row % 9_973, 991_000_000 - row % 9_967);
        writeln!(csv, "{device},{seq},{time},{lat},-{lon},on the road {}", row % 97)?;
    }
    csv.flush()?;
    Ok(path)
}

/// The engine's own shell with the same file. Seeds are written as our connections write, so sqlite3 is told the same.
fn shell(machine: &Machine, file: &Path) -> Command {
    if machine.server.is_some() {
        let mut psql = machine.psql(&format!("{NAME}_seed"));
        psql.args(["-c", &format!("\\copy app.readings FROM '{}' WITH (FORMAT csv, HEADER)", file.display())]);
        return psql;
    }
    let mut sqlite3 = machine.command("sqlite3");
    sqlite3.arg("-bail").arg(machine.folder.path().join("data").join(format!("{NAME}_seed.db")));
    sqlite3.args(["PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000", ".mode csv"]);
    sqlite3.arg(format!(".import --csv --skip 1 {} readings", file.display()));
    sqlite3
}
