//! The command line of an app: `X-api [serve|migrate|seed|status|up|down|keys|sessions|audit|admin]`.
//!
//! What was asked for goes to stdout, everything else to stderr. Exit codes: 0 done, 1 for the user to mend, 2 a fault
//! of ours or of the machine.

mod admin;
mod arguments;
mod audit;
mod database;
mod issuer;
mod keys;
mod narrate;
mod print;
mod serve;
mod sessions;

use std::process::ExitCode;
use std::sync::Arc;

use atriz_db::Fleet;
use atriz_db::migrate::RunContext;
use atriz_db::progress::SharedObserver;
use atriz_kernel::SystemClock;

use crate::app::App;
use crate::error::AppError;
use arguments::{Arguments, Verb};
use narrate::Narrator;

/// The whole program of `app`: reads the command line, does the work, tells the outcome.
pub fn run(app: &App) -> ExitCode {
    let verb = match arguments::parse(app, std::env::args_os()) {
        Arguments::Verb(verb) => verb,
        Arguments::Answered(code) => return code,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(execute(app, verb)),
        Err(error) => Err(AppError::System(error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => print::failure(&error, app.package),
    }
}

async fn execute(app: &App, verb: Verb) -> Result<(), AppError> {
    if let Verb::Fresh(_) | Verb::Refresh(_) | Verb::Reset(_) = verb {
        return Err(AppError::Refused { package: app.package, verb: verb.name() });
    }
    let fleet = app.fleet()?;
    match verb {
        Verb::Serve => serve::serve(app, &fleet).await,
        Verb::Migrate(options) | Verb::Up(options) => database::migrate(app, &fleet, &options).await,
        Verb::Seed(options) => database::seed(app, &fleet, &options).await,
        Verb::Status(options) => database::status(app, &fleet, &options).await,
        Verb::Down(options) => database::down(app, &fleet, options).await,
        Verb::Keys(line) => keys::run(app, &fleet, &line.verb).await,
        Verb::Sessions(line) => sessions::run(app, &fleet, &line.verb).await,
        Verb::Audit(line) => audit::run(app, &fleet, &line.verb).await,
        Verb::Admin(line) => admin::run(app, &fleet, &line.verb).await,
        Verb::Fresh(_) | Verb::Refresh(_) | Verb::Reset(_) => Ok(()),
    }
}

/// A run that tells its progress on stderr.
fn context(fleet: &Fleet) -> RunContext {
    told_to(fleet, Arc::new(Narrator))
}

fn told_to(fleet: &Fleet, observer: SharedObserver) -> RunContext {
    RunContext::new(fleet.configuration.environment, Arc::new(SystemClock), observer)
}
