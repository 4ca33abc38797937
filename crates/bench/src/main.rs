//! Measures the release programs beside their floors, in one run.
//!
//! Absolute times are worth little on a shared machine; ratios of pairs taken in turn are worth something. Each measure
//! runs after a warm-up, alternating with its floor, and the report has minimum, median and maximum of both, and the
//! median of the pairwise ratios.
//!
//! **Invariant:** this program knows the others from outside only: it starts them as a user would. What cannot be seen
//! from there is counted by programs of its own, which it starts in the same way.

mod auth;
mod built;
mod check;
mod generate;
mod growth;
mod http;
mod lifecycle;
mod machine;
mod measure;
mod micro;
mod migrate;
mod pgbench;
mod plot;
mod process;
mod report;
mod seed;
mod serve;
mod testdb;
mod wide;

use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};

use built::{MICRO, TESTDB};
use generate::Dialect;
use http::Extent;
use machine::BenchError;
use migrate::{Found, Wanted};
use report::Report;

/// Measure the release programs beside their floors.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
struct Arguments {
    /// What to measure; everything when nothing is said
    areas: Vec<Area>,
    /// Measure on this engine alone
    #[arg(long)]
    engine: Option<Dialect>,
    /// Also measure other tools with the same migrations, on PostgreSQL: those that are installed, and those that cargo and
    /// npm bring
    #[arg(long)]
    peers: bool,
    /// Fewer pairs and smaller sizes: for a look, not for a report
    #[arg(long)]
    quick: bool,
    /// Requests a second of the open loop of `http`, in place of each route's own
    #[arg(long)]
    rate: Option<u32>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
    /// Write docs/benchmarks.md, docs/benchmarks.json and the plots below docs/benchmarks
    #[arg(long)]
    write: bool,
}

/// In the order in which they are measured. What makes many files comes late: a file system such as ext4 searches longer
/// for room for minutes after many files went, and a build has just removed some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Area {
    /// Signing in, checking tokens, and what a crowd at the door does
    Auth,
    /// The main routes of each app: how many can be asked in a second, and how long an answer takes
    Http,
    /// Creating, migrating, looking at, seeding, emptying and dropping four databases, on both engines
    Lifecycle,
    /// Many migrations, on one database and on several, on both engines
    Migrate,
    /// Loading the large tables on both engines
    Seed,
    /// Starting all three apps, and their memory at rest
    Serve,
    /// Checking schemas on both engines, and reading migrations by rules
    Check,
    /// A test's databases from the template, against replaying their migrations
    Testdb,
    /// How cost grows with tables and rows
    Growth,
    /// Small things that are done often, by criterion
    Micro,
}

impl Arguments {
    fn wants(&self, area: Area) -> bool {
        self.areas.is_empty() || self.areas.contains(&area)
    }
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
    let pairs = if arguments.quick { 1 } else { 5 };
    let wanted = Wanted { pairs, quick: arguments.quick, peers: arguments.peers, engine: arguments.engine };
    if wanted.peers && arguments.wants(Area::Migrate) {
        migrate::tools::bring();
    }
    for (area, built) in [(Area::Testdb, TESTDB), (Area::Micro, MICRO)] {
        if arguments.wants(area) {
            built.build()?;
        }
    }
    let mut report = Report::new(wanted.on(Dialect::Postgres))?;
    for area in Area::value_variants().iter().filter(|area| arguments.wants(**area)) {
        let started = Instant::now();
        match area.measure(wanted, arguments.rate) {
            Ok(found) => report.add(found),
            // What others found in half an hour is not thrown away for it.
            Err(error) => report.broke_off(&area.name(), &error),
        }
        report.took(&area.name(), started.elapsed());
    }
    report.end();
    let text = if arguments.json { report.json()? } else { report.markdown() };
    print_line(&text);
    if arguments.write {
        report.write()?;
    }
    if report.is_whole() { Ok(()) } else { Err(BenchError::Odd("an area broke off, see above".to_owned())) }
}

impl Area {
    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// What it finds; nothing where it needs an engine that is not asked for.
    fn measure(self, wanted: Wanted, rate: Option<u32>) -> Result<Found, BenchError> {
        let Wanted { pairs, quick, .. } = wanted;
        let (postgres, sqlite) = (wanted.on(Dialect::Postgres), wanted.on(Dialect::Sqlite));
        let measures = match self {
            Self::Migrate => return migrate::run(wanted),
            Self::Growth => return growth::run(wanted, postgres, sqlite),
            Self::Check if postgres && sqlite => return check::run(wanted),
            Self::Lifecycle => lifecycle::run(pairs, postgres, sqlite)?,
            Self::Seed => seed::run(wanted, postgres, sqlite)?,
            Self::Serve if sqlite => serve::run(pairs)?,
            Self::Auth => auth::run(wanted, postgres, sqlite)?,
            Self::Http => http::run(Extent::new(pairs, quick, rate), postgres, sqlite)?,
            Self::Testdb => testdb::run(pairs, postgres, sqlite)?,
            Self::Micro => micro::run(quick)?,
            Self::Serve | Self::Check => Vec::new(),
        };
        Ok(Found { measures, ..Found::default() })
    }
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
