//! `cargo xtask db check`.

use atriz_db::config::{Inputs, Scope};
use atriz_db::{Configuration, Engine};
use atriz_db_tools::check::live::{Live, LiveError, LiveRequest, live};
use atriz_db_tools::check::{CheckError, CheckRequest, Phases, Report, check};
use clap::Args;
use serde::Serialize;

use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace, catalog};

/// What to check.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db check\n  cargo xtask db check core --json\n  \
                        cargo xtask db check pshop --engine sqlite\n  cargo xtask db check --live")]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    databases: Databases,
    /// The folder of one engine alone, against the entities: postgres or sqlite
    #[arg(long, value_parser = engine)]
    engine: Option<Engine>,
    /// Also hold the running databases against their folders, and look for rows that point to nothing
    #[arg(long)]
    live: bool,
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
    let done = checked(arguments).await;
    // Whoever reads JSON reads there why there is no report.
    if let Err(failure) = done.as_ref().map_err(Refused::of)
        && arguments.format.json
        && !failure.told
    {
        output::json(&failure)?;
    }
    done
}

async fn checked(arguments: &CheckArguments) -> Result<(), Failure> {
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
    if !arguments.format.json {
        output::data(report.text().trim_end());
    }
    // What the folders say is told even where the running databases cannot be looked at.
    let live = match arguments.live.then(|| look(&arguments.databases)) {
        Some(look) => look.await.map(Some),
        None => Ok(None),
    };
    if arguments.format.json {
        let refused = live.as_ref().err().map(Refused::of);
        let looked = live.as_ref().ok().and_then(Option::as_ref);
        output::json(&Both { report: &report, live: looked, refused: refused.as_ref() })?;
    }
    if let (true, Err(failure)) = (arguments.format.json, &live) {
        output::say(&format!("error: {failure}"));
    }
    let live = live.map_err(|failure| Failure { told: failure.told || arguments.format.json, ..failure })?;
    if !arguments.format.json {
        live.iter().for_each(print);
    }
    if report.is_good() && live.is_none_or(|live| live.is_good()) { Ok(()) } else { Err(Failure::told()) }
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Both<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<&'a Live>,
    #[serde(flatten)]
    refused: Option<&'a Refused<'a>>,
}

/// Why there is no report, or no more of it, as JSON.
#[derive(Serialize)]
struct Refused<'a> {
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip)]
    told: bool,
}

impl<'a> Refused<'a> {
    fn of(failure: &'a Failure) -> Self {
        Self { error: &failure.message, hint: failure.hint.as_deref(), told: failure.told }
    }
}

/// Looks at the configured databases.
async fn look(databases: &Databases) -> Result<Live, Failure> {
    let Workspace { fleet, context, .. } = Workspace::load(RunOptions::default())?;
    let plan = fleet.catalog.plan(&databases.databases)?;
    Ok(live(LiveRequest { fleet, plan, context, server: None }).await?)
}

fn print(live: &Live) {
    output::data(&live.text());
    for database in &live.databases {
        database.notes.iter().for_each(|note| output::say(&format!("note: {}: {note}", database.database)));
    }
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

impl From<LiveError> for Failure {
    fn from(error: LiveError) -> Self {
        let code = if error.is_unexpected() { 2 } else { 1 };
        Self { message: error.to_string(), hint: Some(error.hint()), code, told: false }
    }
}
