//! Measures the release programs beside their floors, in one run.
//!
//! Absolute times are worth little on a shared machine; ratios of pairs taken in turn are worth something. Each measure
//! runs after a warm-up, alternating with its floor, and the report has minimum, median and maximum of both, and the
//! median of the pairwise ratios.
//!
//! **Invariant:** this program knows the others from outside only: it starts them as a user would.

mod lifecycle;
mod machine;
mod measure;
mod report;
mod seed;
mod serve;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use machine::BenchError;
use measure::Measure;

/// Measure the release programs beside their floors.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// What to measure; everything when nothing is said
    areas: Vec<Area>,
    /// Fewer pairs: for a look, not for a report
    #[arg(long)]
    quick: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Write docs/benchmarks.md and docs/benchmarks.json
    #[arg(long)]
    write: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Area {
    /// Creating, migrating and looking at four databases on PostgreSQL
    Lifecycle,
    /// Loading the large tables on both engines
    Seed,
    /// Starting all three apps, and their memory at rest
    Serve,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln_line(&format!("error: {error}"));
            ExitCode::from(1)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), BenchError> {
    let pairs = if arguments.quick { 3 } else { 7 };
    let wanted = |area| arguments.areas.is_empty() || arguments.areas.contains(&area);
    let mut measures: Vec<Measure> = Vec::new();
    if wanted(Area::Lifecycle) {
        measures.extend(lifecycle::run(pairs)?);
    }
    if wanted(Area::Seed) {
        measures.extend(seed::run(pairs.min(5))?);
    }
    if wanted(Area::Serve) {
        measures.extend(serve::run(pairs)?);
    }
    let report = report::Report::new(measures);
    if arguments.json {
        print_line(&report.json()?);
    } else {
        print_line(&report.markdown());
    }
    if arguments.write {
        report.write()?;
    }
    Ok(())
}

fn print_line(line: &str) {
    use std::io::Write as _;
    // A reader that went away is no error.
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn eprintln_line(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}
