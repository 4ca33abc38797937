//! Sign-in: hashing, tokens, refreshes, and what asking who calls costs, beside what each can be at best.

mod overload;
mod refresh;

use std::time::Duration;

use crate::machine::{BenchError, Machine, program};
use crate::measure::Measure;
use crate::migrate::Wanted;
use crate::process;

/// All measures of this area.
pub(crate) fn run(wanted: Wanted, postgres: bool, sqlite: bool) -> Result<Vec<Measure>, BenchError> {
    let pairs = wanted.pairs;
    // How long one value is counted for, and how long another route is watched beside a crowd.
    let (seconds, watched) = if wanted.quick { (1, 2) } else { (2, 8) };
    let mut measures = Vec::new();
    for machine in [sqlite.then(Machine::sqlite), postgres.then(Machine::postgres)].into_iter().flatten() {
        let machine = machine?;
        prepare(&machine)?;
        measures.push(sign_in(&machine, pairs, seconds)?);
        if machine.server.is_some() {
            measures.push(refresh::run(&machine, pairs, seconds)?);
        } else {
            measures.extend(verify(&machine, pairs, seconds)?);
            measures.push(get(&machine, pairs, seconds)?);
            measures.extend(overload::run(&machine, pairs, Duration::from_secs(watched))?);
        }
    }
    measures.iter().for_each(Measure::tell);
    Ok(measures)
}

fn prepare(machine: &Machine) -> Result<(), BenchError> {
    for verb in ["create", "migrate", "seed"] {
        machine.xtask(&["db", verb, "core"])?;
    }
    Ok(())
}

/// What the program counted, by name.
fn counted(machine: &Machine, what: &str, seconds: u32, names: &[&str]) -> Result<Vec<f64>, BenchError> {
    let mut command = machine.command(program("atriz-bench-auth")?);
    let said = process::answer(command.args([what, &seconds.to_string()]).current_dir(machine.folder.path()))?;
    let of = |name: &&str| {
        let line = said.lines().find_map(|line| line.strip_prefix(*name)?.strip_prefix(' '));
        let found = line.and_then(|rate| rate.parse().ok());
        found.ok_or_else(|| BenchError::Odd(format!("{what} told no {name}: {said}")))
    };
    names.iter().map(of).collect()
}

fn sign_in(machine: &Machine, pairs: usize, seconds: u32) -> Result<Measure, BenchError> {
    let engine = if machine.server.is_some() { "PostgreSQL" } else { "SQLite" };
    let mut measure = Measure {
        floor_name: Some("bare Argon2id on the same cores".to_owned()),
        ..Measure::alone(&format!("{engine}: sign-ins"), Vec::new(), "/s", "0.9 of bare Argon2id")
    };
    for _ in 0..pairs {
        // A handful of people sign in some thousand times; nobody has that many sessions.
        machine.xtask(&["db", "clean", "core", "--yes"])?;
        machine.xtask(&["db", "seed", "core"])?;
        measure.floors.extend(counted(machine, "hash", seconds, &["hash"])?);
        measure.values.extend(counted(machine, "sign-in", seconds, &["sign-in"])?);
    }
    Ok(measure)
}

fn verify(machine: &Machine, pairs: usize, seconds: u32) -> Result<[Measure; 2], BenchError> {
    let measure = |name, target| Measure::alone(name, Vec::new(), "/s", target);
    let mut found = [
        measure("access tokens checked for the first time, on one core", "20,000 or more"),
        measure("access tokens checked again, on one core", "500,000 or more"),
    ];
    for _ in 0..pairs {
        let counted = counted(machine, "verify", seconds, &["cold", "cached"])?;
        found.iter_mut().zip(counted).for_each(|(measure, rate)| measure.values.push(rate));
    }
    Ok(found)
}

fn get(machine: &Machine, pairs: usize, seconds: u32) -> Result<Measure, BenchError> {
    let mut measure = Measure {
        floor_name: Some("the same GET without a rule".to_owned()),
        ..Measure::alone("a GET that asks who calls", Vec::new(), "/s", "0.8 of the same GET without")
    };
    for _ in 0..pairs {
        let counted = counted(machine, "get", seconds, &["open", "closed"])?;
        measure.floors.push(counted[0]);
        measure.values.push(counted[1]);
    }
    Ok(measure)
}
