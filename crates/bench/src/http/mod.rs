//! The main routes of each app over its demo rows: how many can be asked in a second, and how long one asker waits.
//!
//! Throughput is counted in a closed loop: eight clients, each of which asks again as soon as it is answered. How long an
//! answer takes is counted in an open loop: requests are due at a steady rate whatever became of those before, and
//! their time runs from when they were due.

mod floor;
mod histogram;
pub(crate) mod load;
mod routes;
mod spoken;

use std::net::SocketAddr;
use std::time::Duration;

use atriz_bench::Request;

use crate::machine::{BenchError, Machine};
use crate::measure::{Measure, float};
use crate::pgbench;
use crate::serve::{Serving, serving};
use floor::Bare;
use histogram::Histogram;
use routes::{APPS, App, Route};

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    pub(crate) pairs: usize,
    /// How long one value is counted for.
    time: Duration,
    /// How long the open loop runs each time.
    watched: Duration,
    /// Requests a second of the open loop, where another rate than each route's own is asked for.
    rate: Option<u32>,
}

impl Extent {
    pub(crate) fn new(pairs: usize, quick: bool, rate: Option<u32>) -> Self {
        let (time, watched) = if quick { (100, 150) } else { (700, 500) };
        Self { pairs, time: Duration::from_millis(time), watched: Duration::from_millis(watched), rate }
    }
}

/// All measures of this area.
pub(crate) fn run(extent: Extent, postgres: bool, sqlite: bool) -> Result<Vec<Measure>, BenchError> {
    let mut measures = Vec::new();
    for machine in [sqlite.then(Machine::sqlite), postgres.then(Machine::postgres)].into_iter().flatten() {
        let machine = machine?;
        for verb in ["create", "migrate", "seed"] {
            machine.xtask(&["db", verb])?;
        }
        machine.settle()?;
        for app in &APPS {
            measures.extend(one_app(&machine, app, extent)?);
        }
    }
    Ok(measures)
}

/// One route of a running app, and what it is held against.
struct Target<'a> {
    route: &'a Route,
    requests: Vec<Request>,
    /// What the app answers is what the floor answers.
    floor: Vec<Request>,
    /// What the app asks its database for: on PostgreSQL, where it asks for anything.
    script: Option<pgbench::Script>,
}

fn one_app(machine: &Machine, app: &App, extent: Extent) -> Result<Vec<Measure>, BenchError> {
    let serving = serving(machine, app.program)?;
    let token = app.user.map(|user| load::sign_in(serving.address, user)).transpose()?;
    let mut targets = Vec::new();
    let mut answers = Vec::new();
    for route in app.routes {
        let requests = route.requests(serving.address, token.as_deref())?;
        let script = spoken::script(machine, app, route, || load::answers(serving.address, &requests).map(drop))?;
        let first = answers.len();
        answers.extend(load::answers(serving.address, &requests)?);
        let floor =
            (first..answers.len()).map(|number| Request::get(&format!("/{number}"), token.as_deref())).collect();
        targets.push(Target { route, requests, floor, script });
    }
    let bare = Bare::start(machine, &answers)?;
    let mut measures = Vec::new();
    for target in &targets {
        let name = format!("{}: {} {}", machine.engine(), app.program, target.route.name);
        measures.extend(throughput(machine, &serving, &bare, target, &name, extent)?);
        measures.extend(latency(&serving, &bare, target, &name, extent)?);
    }
    let mut memory = Measure::alone(
        &format!("{}: {} under eight clients, peak memory", machine.engine(), app.program),
        vec![serving.running.memory("VmHWM")?],
        "MB",
        "–",
    );
    memory.floor_name = Some(BARE.to_owned());
    memory.floors = vec![bare.running.memory("VmHWM")?];
    memory.tell();
    measures.push(memory);
    Ok(measures)
}

const BARE: &str = "a bare axum route that answers the same bytes";

/// The closed loop, in turn with its floors.
fn throughput(
    machine: &Machine,
    serving: &Serving,
    bare: &Bare,
    target: &Target<'_>,
    name: &str,
    extent: Extent,
) -> Result<Vec<Measure>, BenchError> {
    let new = |floor: &str| Measure {
        floor_name: Some(floor.to_owned()),
        ..Measure::alone(name, Vec::new(), "requests/s", "–")
    };
    let (mut by_bare, mut by_pgbench) = (new(BARE), new("the same statements by pgbench, eight clients"));
    for pair in 0..=extent.pairs {
        let floor = closed(bare.address, &target.floor, extent.time)?;
        let value = closed(serving.address, &target.requests, extent.time)?;
        let asked = target.script.as_ref().map(|script| script.over(machine, extent.time)).transpose()?;
        // The first is a warm-up.
        if pair > 0 {
            by_bare.push(value, floor);
            if let Some(runs) = asked {
                // A run of the script is one request of each kind.
                by_pgbench.push(value, runs * float(target.requests.len()));
            }
        }
    }
    let mut measures = vec![by_bare, by_pgbench];
    measures.retain(|measure| !measure.values.is_empty());
    measures.iter().for_each(Measure::tell);
    Ok(measures)
}

/// Requests a second by eight who ask, twice for half of the time: who comes to which core is settled with the connections.
fn closed(address: SocketAddr, requests: &[Request], time: Duration) -> Result<f64, BenchError> {
    Ok(f64::midpoint(load::closed(address, requests, time / 2)?, load::closed(address, requests, time / 2)?))
}

/// The open loop, in turn with its floor.
fn latency(
    serving: &Serving,
    bare: &Bare,
    target: &Target<'_>,
    name: &str,
    extent: Extent,
) -> Result<Vec<Measure>, BenchError> {
    let rate = extent.rate.unwrap_or(target.route.rate);
    let new = |what: &str| Measure {
        floor_name: Some(format!("{BARE}, at the same rate")),
        ..Measure::alone(&format!("{name}: {what}, {rate} requests/s"), Vec::new(), "ms", "–")
    };
    let mut measures = [new("median"), new("99th percentile"), new("99.9th percentile")];
    let (mut all, mut all_floors) = (Histogram::default(), Histogram::default());
    for _ in 0..extent.pairs {
        let floor = load::open(bare.address, &target.floor, rate, extent.watched)?;
        let value = load::open(serving.address, &target.requests, rate, extent.watched)?;
        for (measure, quantile) in measures.iter_mut().zip([50_000, 99_000]) {
            measure.push(at(&value, quantile), at(&floor, quantile));
        }
        all.add(&value);
        all_floors.add(&floor);
    }
    // One run has too few requests to say what happens to one in a thousand.
    measures[2].push(at(&all, 99_900), at(&all_floors, 99_900));
    measures.iter().for_each(Measure::tell);
    Ok(measures.into())
}

/// In milliseconds.
fn at(histogram: &Histogram, of_hundred_thousand: u64) -> f64 {
    float(histogram.at(of_hundred_thousand)) / 1_000.0
}
