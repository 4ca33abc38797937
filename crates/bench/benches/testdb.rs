//! A test's databases: copied from the template, and made by replaying their migrations. `testdb ENGINE ROUNDS` prints a
//! line for each round: the name of the way, and how many milliseconds it took.
//!
//! It is no test and no harness of cargo's: the harness of the tests is a dependency of tests alone, so that this program
//! stands where such may be used.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use atriz_db::{Descriptor, Engine, FileSet};
use atriz_testing::TestFleet;

/// The four databases of this workspace and their schemas.
const DATABASES: [(&str, &[&str]); 4] = [
    ("core", &["auth"]),
    ("atriz", &["master", "app"]),
    ("mextrack", &["fleet"]),
    ("pshop", &["catalog", "stock", "sales"]),
];

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever started this reads what it says; a reader that went away is no error.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(1)
        }
    }
}

fn run() -> Result<(), Failure> {
    // cargo adds `--bench`.
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (engine, rounds) = (arguments.next(), arguments.next());
    let (Some(engine), Some(rounds)) = (engine.as_deref().and_then(Engine::parse), rounds) else {
        return Err("usage: testdb postgres|sqlite ROUNDS".into());
    };
    let rounds: usize = rounds.parse()?;
    atriz_testing::run(engine, "testdb", async move |engine| {
        for round in 0..=rounds {
            let copied = timed(Box::pin(TestFleet::prepared(engine, databases()))).await;
            let replayed = timed(Box::pin(TestFleet::migrated(engine, databases()))).await;
            // The first makes the template.
            if round > 0 {
                // A reader that went away is no error.
                let _ = writeln!(std::io::stdout(), "template {copied:.3}\nreplay {replayed:.3}");
            }
        }
    });
    Ok(())
}

/// Without what it takes to throw the databases away again.
async fn timed(work: impl Future<Output = TestFleet>) -> f64 {
    let started = Instant::now();
    let fleet = work.await;
    let took: Duration = started.elapsed();
    drop(fleet);
    took.as_secs_f64() * 1_000.0
}

fn databases() -> Vec<Descriptor> {
    let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let describe = |(name, schemas): (&str, &[&str])| {
        let new = Descriptor::new(name, name, "bench").migrations(FileSet::folder(migrations.join(name)));
        let after = if name == "core" { new } else { new.after("core") };
        schemas.iter().fold(after, |descriptor, schema| descriptor.schema(schema))
    };
    DATABASES.into_iter().map(describe).collect()
}
