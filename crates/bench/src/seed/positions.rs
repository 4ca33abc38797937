//! The largest table of the demo, loaded with its keys.
//!
//! What is measured is the whole of `db seed mextrack`, of which the large table is nearly all; the floor loads the large
//! table alone.

use std::path::Path;

use super::TARGET;
use crate::machine::{BenchError, Machine};
use crate::measure::{Cost, Measure, alternate, timed};
use crate::process::run as program_run;

fn prepare(machine: &Machine) -> Result<(), BenchError> {
    machine.xtask(&["db", "create"])?;
    machine.xtask(&["db", "migrate"])?;
    machine.xtask(&["db", "seed", "core"])?;
    machine.xtask(&["db", "seed", "mextrack"])
}

fn seed(machine: &Machine) -> Result<Cost, BenchError> {
    machine.xtask(&["db", "clean", "mextrack", "--yes"])?;
    timed(|| machine.xtask(&["db", "seed", "mextrack"]))
}

pub(super) fn on_postgres(pairs: usize) -> Result<Measure, BenchError> {
    let machine = Machine::postgres()?;
    prepare(&machine)?;
    let psql = |sql: &str| program_run(machine.psql("mextrack_db").args(["-c", sql]));
    psql("CREATE TABLE fleet.rows AS SELECT * FROM fleet.tracking_data")?;
    psql("CREATE TABLE fleet.vehicle_rows AS SELECT * FROM fleet.vehicles")?;
    psql("CREATE TABLE fleet.fleet_rows AS SELECT * FROM fleet.fleets")?;
    let file = machine.folder.path().join("rows").display().to_string();
    psql(&format!("\\copy fleet.rows TO '{file}'"))?;
    // The rows to restore the parents from must outlive `db clean`, which empties every table: they go to a file each.
    for table in ["fleet_rows", "vehicle_rows"] {
        let path = machine.folder.path().join(table).display().to_string();
        psql(&format!("\\copy fleet.{table} TO '{path}'"))?;
    }
    psql("DROP TABLE fleet.rows, fleet.vehicle_rows, fleet.fleet_rows")?;
    let mut floor = || {
        machine.xtask(&["db", "clean", "mextrack", "--yes"])?;
        for (table, source) in [("fleets", "fleet_rows"), ("vehicles", "vehicle_rows")] {
            let path = machine.folder.path().join(source).display().to_string();
            psql(&format!("\\copy fleet.{table} FROM '{path}'"))?;
        }
        timed(|| psql(&format!("\\copy fleet.tracking_data FROM '{file}'")))
    };
    let name = "PostgreSQL: `db seed mextrack`, 100,000 positions";
    alternate(name, "psql \\copy into the same table", TARGET, pairs, &mut || seed(&machine), &mut floor)
}

pub(super) fn on_sqlite(pairs: usize) -> Result<Measure, BenchError> {
    let machine = Machine::sqlite()?;
    prepare(&machine)?;
    let data = machine.folder.path().join("data/mextrack_db.db");
    let floor_file = machine.folder.path().join("floor.db");
    let rows = machine.folder.path().join("rows.csv");
    let columns = "lower(hex(vehicle_id)), recorded_at, seq, received_at, lat_e7, lon_e7, speed_cms, heading_cdeg, altitude_m, flags";
    let export = format!("SELECT {columns} FROM tracking_data");
    sqlite(&machine, &data, &[".mode csv", &format!(".once {}", rows.display()), &export])?;
    let mut floor = || {
        // Not there before the first pair.
        let _ = std::fs::remove_file(&floor_file);
        // `.import` knows text alone, so the twin of the table keeps its ids as text.
        let table = "CREATE TABLE tracking_data (vehicle_id TEXT, recorded_at TEXT, seq INTEGER, received_at TEXT, lat_e7 INTEGER, \
                     lon_e7 INTEGER, speed_cms INTEGER, heading_cdeg INTEGER, altitude_m INTEGER, flags INTEGER, \
                     PRIMARY KEY (vehicle_id, recorded_at, seq)) WITHOUT ROWID; \
                     CREATE INDEX i ON tracking_data (received_at);";
        sqlite(&machine, &floor_file, &["PRAGMA journal_mode = WAL", table])?;
        let import = format!(".import --csv {} tracking_data", rows.display());
        timed(|| sqlite(&machine, &floor_file, &["PRAGMA synchronous = NORMAL", &import]))
    };
    let name = "SQLite: `db seed mextrack`, 100,000 positions";
    alternate(name, "sqlite3 .import into a twin of the table", TARGET, pairs, &mut || seed(&machine), &mut floor)
}

fn sqlite(machine: &Machine, file: &Path, commands: &[&str]) -> Result<(), BenchError> {
    let mut command = machine.command("sqlite3");
    command.arg(file).args(commands);
    program_run(&mut command)
}
