//! A page far down a list, by the rows of the list: it should cost what the first page costs.

use std::net::SocketAddr;
use std::time::Instant;

use atriz_bench::{Client, Request};
use atriz_kernel::Cursor;

use crate::http::load;
use crate::machine::{BenchError, Machine};
use crate::measure::{Measure, milliseconds};
use crate::migrate::{Found, with_commas};
use crate::plot::{Line, Plot};
use crate::process;
use crate::serve::serving;

/// How many pages make one value.
const PAGES: usize = 200;
const LIST: &str = "/api/v1/vehicles";

/// A vehicle like the first one of the demo, for each number of a range.
const COLUMNS: &str = "fleet_id, fuel, odometer_offset_m, status, created_at, updated_at";

pub(super) fn plot(lines: Vec<Line>) -> Plot {
    Plot { file: "reads", title: "Milliseconds for a page of 50 behind nine tenths of a list, by its rows", lines }
}

pub(super) fn run(machine: &Machine, quick: bool, pairs: usize, found: &mut Found) -> Result<Line, BenchError> {
    let sizes: &[usize] = if quick { &[10_000, 100_000] } else { &[10_000, 100_000, 1_000_000] };
    for verb in ["create", "migrate", "seed"] {
        machine.xtask(&["db", verb, "core", "mextrack"])?;
    }
    let serving = serving(machine, "mextrack-api")?;
    let token = load::sign_in(serving.address, "dispatcher@example.com")?;
    let mut line = Line::new(machine.engine());
    let mut filled = 0;
    for &size in sizes {
        fill(machine, filled + 1, size)?;
        filled = size;
        let first = Request::get(LIST, Some(&token));
        let deep =
            Request::get(&format!("{LIST}?after={}", behind(serving.address, &first, size / 10 * 9)?), Some(&token));
        let name = format!("{}: a page of 50 behind nine tenths of {} rows", machine.engine(), with_commas(size));
        let mut measure = Measure {
            floor_name: Some("the first page".to_owned()),
            ..Measure::alone(&name, Vec::new(), "ms", "at most 1.5 of the first page")
        };
        let mut client = Client::open(serving.address)?;
        for pair in 0..=pairs {
            let (floor, value) = (middle(&mut client, &first)?, middle(&mut client, &deep)?);
            if pair > 0 {
                measure.push(value, floor);
            }
        }
        measure.tell();
        line.add(size, &measure.values);
        found.measures.push(measure);
    }
    Ok(line)
}

/// The median time of a page.
fn middle(client: &mut Client, request: &Request) -> Result<f64, BenchError> {
    let mut times = Vec::with_capacity(PAGES);
    for _ in 0..PAGES {
        let started = Instant::now();
        client.ask(request)?;
        times.push(milliseconds(started.elapsed()));
    }
    Measure::spread(&times)
        .map(|spread| spread.median)
        .ok_or_else(|| BenchError::Odd("nothing was asked for".to_owned()))
}

/// The cursor behind the vehicle with this number. Its list is that of the first page's cursor; walking there would take
/// thousands of pages.
fn behind(address: SocketAddr, first: &Request, number: usize) -> Result<String, BenchError> {
    let answer = load::answers(address, std::slice::from_ref(first))?.remove(0);
    let page = load::read(&answer)?;
    let cursor = page["next"].as_str().and_then(|next| Cursor::decode::<(u32, (String, String))>(next).ok());
    let (list, (fleet, _)) = cursor.ok_or_else(|| BenchError::Odd("the list has no second page".to_owned()))?;
    Ok(Cursor::encode(&(list, (fleet, plate(number)))))
}

fn plate(number: usize) -> String {
    // Behind those of the demo, which begin with `M`.
    format!("X{number:08}")
}

/// Adds the vehicles with these numbers.
fn fill(machine: &Machine, first: usize, last: usize) -> Result<(), BenchError> {
    let columns = format!("id, plate, version, {COLUMNS}");
    if machine.server.is_some() {
        let rows = format!(
            "INSERT INTO fleet.vehicles ({columns}) SELECT gen_random_uuid(), 'X' || lpad(n::text, 8, '0'), n, {COLUMNS} \
             FROM (SELECT * FROM fleet.vehicles ORDER BY plate LIMIT 1) AS one, generate_series({first}, {last}) AS n"
        );
        return process::run(machine.psql("mextrack_db").args(["-c", &rows, "-c", "VACUUM ANALYZE fleet.vehicles"]));
    }
    let rows = format!(
        "WITH RECURSIVE numbers (n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last}) \
         INSERT INTO vehicles ({columns}) SELECT randomblob(16), printf('X%08d', n), n, {COLUMNS} \
         FROM (SELECT * FROM vehicles ORDER BY plate LIMIT 1), numbers"
    );
    let mut sqlite3 = machine.command("sqlite3");
    sqlite3.arg("-bail").arg(machine.folder.path().join("data/mextrack_db.db"));
    let settle = "PRAGMA wal_checkpoint(TRUNCATE)";
    process::run(sqlite3.args([
        "PRAGMA busy_timeout = 5000; PRAGMA cache_size = -262144",
        &rows,
        "ANALYZE vehicles",
        settle,
    ]))
}
