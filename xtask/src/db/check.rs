//! `cargo xtask db check`.

use atriz_db::config::{Inputs, Scope};
use atriz_db::{Configuration, Engine};
use atriz_db_tools::check::{CheckError, CheckRequest, Phases, check};
use clap::Args;

use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::workspace::catalog;

/// What to check.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db check\n  cargo xtask db check core --json\n  \
                        cargo xtask db check pshop --engine sqlite")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    databases: Databases,
    /// The folder of one engine alone, against the entities: postgres or sqlite
    #[arg(long, value_parser = engine)]
    engine: Option<Engine>,
    /// Say on standard error where the time went
    #[arg(long)]
    timings: bool,
    #[command(flatten)]
    format: Format,
}

fn engine(text: &str) -> Result<Engine, String> {
    Engine::parse(text).ok_or_else(|| "the engines are postgres and sqlite".to_owned())
}

pub(crate) async fn run(arguments: &CheckArguments) -> Result<(), Failure> {
    let catalog = catalog()?;
    let request = CheckRequest {
        databases: catalog.plan(&arguments.databases.databases)?.databases,
        engines: arguments.engine.map_or_else(|| Engine::ALL.to_vec(), |engine| vec![engine]),
        server: None,
        // The folders can be checked where no database is configured, or wrongly; then there is a throwaway server.
        configuration: Configuration::load(&catalog, &Inputs::of_process(Scope::Workspace)).ok(),
    };
    let (report, phases) = check(&request).await?;
    if arguments.timings {
        say(phases);
    }
    if arguments.format.json {
        output::json(&report)?;
    } else {
        output::data(report.text().trim_end());
    }
    if report.is_good() { Ok(()) } else { Err(Failure::told()) }
}

fn say(phases: Phases) {
    let Phases { server, create, replay, read, compare } = phases;
    output::say(&format!(
        "server {server:.0?}, then at the same time: scratch databases {create:.0?}, migrations {replay:.0?}, \
         catalogues {read:.0?}; comparison {compare:.0?}"
    ));
}

impl From<CheckError> for Failure {
    fn from(error: CheckError) -> Self {
        let code = if error.is_unexpected() { 2 } else { 1 };
        Self { message: error.to_string(), hint: Some(error.hint()), code, told: false }
    }
}
