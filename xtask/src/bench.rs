//! `cargo xtask bench`: a program of its own, on release builds.

use std::env::consts::EXE_SUFFIX;
use std::path::PathBuf;

use clap::Args;

use crate::error::Failure;
use crate::workspace;

/// What to measure; the program's own arguments.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask bench\n  cargo xtask bench lifecycle --quick\n  \
                  cargo xtask bench migrate --engine postgres --peers\n  cargo xtask bench --write")]
pub(crate) struct BenchArguments {
    /// Areas and flags: lifecycle, migrate, seed, serve, check, auth, http, testdb, growth, micro, --engine ENGINE, --peers, --rate RATE,
    /// --quick, --json, --write
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    rest: Vec<String>,
}

/// Programs that areas other than `migrate` start.
const PROGRAMS: [&str; 4] = ["xtask", "atriz-api", "mextrack-api", "pshop-api"];
const OTHER_AREAS: [&str; 7] = ["lifecycle", "seed", "serve", "check", "auth", "http", "growth"];

/// Areas that cargo runs, with what it needs for them.
const CARGO_BENCHES: [(&str, &[&str]); 2] = [("testdb", &[]), ("micro", &["--features", "micro"])];

/// Builds the release programs, then runs the benchmark beside them: what is compiled takes no time from what is measured.
pub(crate) fn run(arguments: &BenchArguments) -> Result<(), Failure> {
    let named = |areas: &[&str]| arguments.rest.iter().any(|word| areas.contains(&word.as_str()));
    let all = !named(&OTHER_AREAS) && !named(&["migrate", "testdb", "micro"]);
    let mut build = workspace::cargo();
    build.args(["build", "--release", "--quiet", "--package", "atriz-bench"]);
    if all || named(&OTHER_AREAS) {
        build.args(PROGRAMS.iter().flat_map(|program| ["--package", program]));
    }
    let mut commands = vec![build];
    for (area, needs) in CARGO_BENCHES {
        if all || named(&[area]) {
            let mut build = workspace::cargo();
            build.args(["bench", "--no-run", "--quiet", "--package", "atriz-bench", "--bench", area]).args(needs);
            commands.push(build);
        }
    }
    // Not by `cargo run`, which would tell the program, and the cargo it starts in turn, about its package.
    let mut run = workspace::command(released("atriz-bench")?);
    run.args(&arguments.rest);
    commands.push(run);
    for mut command in commands {
        let status = command.status();
        let status = status.map_err(|error| {
            Failure::unexpected(format!("{} cannot be started: {error}", command.get_program().display()))
        })?;
        if !status.success() {
            return Err(Failure::told());
        }
    }
    Ok(())
}

/// A release program: its folder stands beside the one of this program.
fn released(program: &str) -> Result<PathBuf, Failure> {
    let own = std::env::current_exe();
    let own =
        own.map_err(|error| Failure::unexpected(format!("the system does not tell this program's file: {error}")))?;
    Ok(own.with_file_name("..").join("release").join(format!("{program}{EXE_SUFFIX}")))
}
