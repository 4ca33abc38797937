//! Sign-in from within one process, for what cannot be counted from outside: `atriz-bench-auth WHAT SECONDS`.
//!
//! Where core's database is is read from the environment, as everywhere else; it has to be migrated and seeded. Each line
//! of the answer is a name and how often it was done in a second.

mod get;
mod hash;
mod house;
mod refresh;
mod sign_in;
mod verify;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How many do it at once, where something is done by several.
const CLIENTS: usize = 8;
/// How long several do it before it is counted: each connection to a server begins with an empty cache of its catalogue.
const WARM_UP: Duration = Duration::from_millis(500);

/// When something is counted: what comes to its end within, so that as much of what was begun before counts as is left out
/// of what ends behind.
#[derive(Clone, Copy)]
struct Window {
    begin: Instant,
    time: Duration,
}

impl Window {
    /// One of this length, after the warm-up.
    fn after_warm_up(time: Duration) -> Self {
        Self { begin: Instant::now() + WARM_UP, time }
    }

    /// Whether it is over. Nothing has elapsed since a begin that is still to come.
    fn is_over(self) -> bool {
        self.begin.elapsed() >= self.time
    }

    /// One, if what has just come to its end counts.
    fn count(self) -> usize {
        usize::from(Instant::now() >= self.begin && !self.is_over())
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (what, seconds) = (arguments.next().unwrap_or_default(), arguments.next());
    let time = Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(3));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(Failure::from).and_then(|runtime| {
        let done = runtime.block_on(run(&what, time));
        runtime.shutdown_background();
        done
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever started this reads what it says; a reader that went away is no error.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(1)
        }
    }
}

async fn run(what: &str, time: Duration) -> Result<(), Failure> {
    match what {
        "hash" => tell("hash", hash::run(time)?),
        "sign-in" => tell("sign-in", sign_in::run(time).await?),
        "verify" => {
            let found = verify::run(time).await?;
            tell("cold", found.cold);
            tell("cached", found.cached);
        }
        "get" => {
            let (open, closed) = get::run(time).await?;
            tell("open", open);
            tell("closed", closed);
        }
        "refresh" => tell("refresh", refresh::run(time).await?),
        _ => return Err("usage: atriz-bench-auth hash|sign-in|verify|get|refresh SECONDS".into()),
    }
    Ok(())
}

fn tell(name: &str, rate: f64) {
    // A reader that went away is no error.
    let _ = writeln!(std::io::stdout(), "{name} {rate:.1}");
}

/// How often in a second.
fn rate(count: usize, took: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below what a float counts exactly")]
    let count = count as f64;
    count / took.as_secs_f64()
}
