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
    /// How often the open loop runs.
    pub(crate) pairs: usize,
    /// How often the closed loop does: nearly twice as often and for less time each, since one that is disturbed is off by
    /// more than it takes to tell two runs apart.
    rounds: usize,
    /// How long one value is counted for.
    time: Duration,
    /// How long the open loop runs each time.
    watched: Duration,
    /// Requests a second of the open loop, where another rate than each route's own is asked for.
    rate: Option<u32>,
}

impl Extent {
    pub(crate) fn new(pairs: usize, quick: bool, rate: Option<u32>) -> Self {
        let (time, watched) = if quick { (100, 150) } else { (450, 500) };
        Self {
            pairs,
            rounds: 2 * pairs - 1,
            time: Duration::from_millis(time),
            watched: Duration::from_millis(watched),
            rate,
        }
    }
}

/// All measures of this area. Every route has its turn in every round: what a neighbour of this machine does for some
/// seconds then falls upon one value of each measure, which its median leaves out, and not upon all values of one.
pub(crate) fn run(extent: Extent, postgres: bool, sqlite: bool) -> Result<Vec<Measure>, BenchError> {
    let mut measures = Vec::new();
    for machine in [sqlite.then(Machine::sqlite), postgres.then(Machine::postgres)].into_iter().flatten() {
        let machine = machine?;
        for verb in ["create", "migrate", "seed"] {
            machine.xtask(&["db", verb])?;
        }
        machine.settle()?;
        measures.extend(one_engine(&machine, extent)?);
    }
    Ok(measures)
}

/// One route of a running app, and what it is held against.
struct Target<'a> {
    name: String,
    serving: &'a Serving,
    route: &'a Route,
    requests: Vec<Request>,
    /// What the app answers is what the floor answers.
    floor: Vec<Request>,
    /// What the app asks its database for: on PostgreSQL, where it asks for anything.
    script: Option<pgbench::Script>,
}

fn one_engine(machine: &Machine, extent: Extent) -> Result<Vec<Measure>, BenchError> {
    let apps =
        APPS.iter().map(|app| Ok((app, serving(machine, app.program)?))).collect::<Result<Vec<_>, BenchError>>()?;
    let (mut targets, mut answers) = (Vec::new(), Vec::new());
    for (app, serving) in &apps {
        targets.extend(of_app(machine, app, serving, &mut answers)?);
    }
    let bare = Bare::start(machine, &answers)?;
    let (counted, waited) = (throughput(machine, &targets, &bare, extent)?, latency(&targets, &bare, extent)?);
    let mut measures: Vec<Measure> =
        counted.into_iter().zip(waited).flat_map(|(counted, waited)| counted.into_iter().chain(waited)).collect();
    for (app, serving) in &apps {
        let name = format!("{}: {} under eight clients, peak memory", machine.engine(), app.program);
        let memory = Measure {
            floor_name: Some(BARE.to_owned()),
            floors: vec![bare.running.memory("VmHWM")?],
            ..Measure::alone(&name, vec![serving.running.memory("VmHWM")?], "MB", "–")
        };
        memory.tell();
        measures.push(memory);
    }
    Ok(measures)
}

/// The routes of an app. What they answer is put behind the `answers` there are, for the floor to answer the same.
fn of_app<'a>(
    machine: &Machine,
    app: &'a App,
    serving: &'a Serving,
    answers: &mut Vec<Vec<u8>>,
) -> Result<Vec<Target<'a>>, BenchError> {
    let token = app.user.map(|user| load::sign_in(serving.address, user)).transpose()?;
    let mut targets = Vec::new();
    for route in app.routes {
        let requests = route.requests(serving.address, token.as_deref())?;
        let script = spoken::script(machine, app, route, || load::answers(serving.address, &requests).map(drop))?;
        let first = answers.len();
        answers.extend(load::answers(serving.address, &requests)?);
        let floor =
            (first..answers.len()).map(|number| Request::get(&format!("/{number}"), token.as_deref())).collect();
        let name = format!("{}: {} {}", machine.engine(), app.program, route.name);
        targets.push(Target { name, serving, route, requests, floor, script });
    }
    Ok(targets)
}

const BARE: &str = "a bare axum route that answers the same bytes";

/// The closed loop, in turn with its floors: what each route came to beside each of them.
fn throughput(
    machine: &Machine,
    targets: &[Target<'_>],
    bare: &Bare,
    extent: Extent,
) -> Result<Vec<Vec<Measure>>, BenchError> {
    let new = |target: &Target<'_>, floor: &str| Measure {
        floor_name: Some(floor.to_owned()),
        ..Measure::alone(&target.name, Vec::new(), "requests/s", "–")
    };
    let pair = |target| [new(target, BARE), new(target, "the same statements by pgbench, eight clients")];
    let mut measures: Vec<[Measure; 2]> = targets.iter().map(pair).collect();
    for round in 0..=extent.rounds {
        for (target, [by_bare, by_pgbench]) in targets.iter().zip(&mut measures) {
            let floor = closed(bare.address, &target.floor, extent.time)?;
            let value = closed(target.serving.address, &target.requests, extent.time)?;
            let asked = target.script.as_ref().map(|script| script.over(machine, extent.time)).transpose()?;
            // The first is a warm-up.
            if round > 0 {
                by_bare.push(value, floor);
                if let Some(runs) = asked {
                    // A run of the script is one request of each kind.
                    by_pgbench.push(value, runs * float(target.requests.len()));
                }
            }
        }
    }
    let given = |measures: [Measure; 2]| measures.into_iter().filter(|measure| !measure.values.is_empty()).collect();
    let measures: Vec<Vec<Measure>> = measures.into_iter().map(given).collect();
    measures.iter().flatten().for_each(Measure::tell);
    Ok(measures)
}

/// Requests a second by eight who ask, twice for half of the time: who comes to which core is settled with the connections.
fn closed(address: SocketAddr, requests: &[Request], time: Duration) -> Result<f64, BenchError> {
    Ok(f64::midpoint(load::closed(address, requests, time / 2)?, load::closed(address, requests, time / 2)?))
}

/// How one route answers at a steady rate.
struct Waited {
    rate: u32,
    measures: [Measure; 3],
    all: Histogram,
    all_floors: Histogram,
}

impl Waited {
    fn new(target: &Target<'_>, extent: Extent) -> Self {
        let rate = extent.rate.unwrap_or(target.route.rate);
        let new = |what: &str| Measure {
            floor_name: Some(format!("{BARE}, at the same rate")),
            ..Measure::alone(&format!("{}: {what}, {rate} requests/s", target.name), Vec::new(), "ms", "–")
        };
        let measures = [new("median"), new("99th percentile"), new("99.9th percentile")];
        Self { rate, measures, all: Histogram::default(), all_floors: Histogram::default() }
    }

    fn add(&mut self, value: &Histogram, floor: &Histogram) {
        for (measure, quantile) in self.measures.iter_mut().zip([50_000, 99_000]) {
            measure.push(at(value, quantile), at(floor, quantile));
        }
        self.all.add(value);
        self.all_floors.add(floor);
    }

    fn finish(mut self) -> Vec<Measure> {
        // One run has too few requests to say what happens to one in a thousand.
        self.measures[2].push(at(&self.all, 99_900), at(&self.all_floors, 99_900));
        self.measures.iter().for_each(Measure::tell);
        self.measures.into()
    }
}

/// The open loop, in turn with its floor.
fn latency(targets: &[Target<'_>], bare: &Bare, extent: Extent) -> Result<Vec<Vec<Measure>>, BenchError> {
    let mut waited: Vec<Waited> = targets.iter().map(|target| Waited::new(target, extent)).collect();
    for _ in 0..extent.pairs {
        for (target, waited) in targets.iter().zip(&mut waited) {
            let floor = load::open(bare.address, &target.floor, waited.rate, extent.watched)?;
            let value = load::open(target.serving.address, &target.requests, waited.rate, extent.watched)?;
            waited.add(&value, &floor);
        }
    }
    Ok(waited.into_iter().map(Waited::finish).collect())
}

/// In milliseconds.
fn at(histogram: &Histogram, of_hundred_thousand: u64) -> f64 {
    float(histogram.at(of_hundred_thousand)) / 1_000.0
}
