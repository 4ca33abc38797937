//! `cargo xtask db rollback`.

use atriz_db::migrate::Limit;
use atriz_db::{Error, Fleet, Phase, RollbackReport};
use clap::Args;

use super::consent::ConsentArguments;
use super::source::SourceArguments;
use super::{Format, Patience};
use crate::error::Failure;
use crate::output;

/// What to take back.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cargo xtask db rollback pshop\n  cargo xtask db rollback pshop --to 20260101000300\n  \
                        cargo xtask db rollback pshop --all --yes\n  \
                        cargo xtask db rollback --source ../shop/migrations --url postgres://localhost/shop"
)]
pub(crate) struct RollbackArguments {
    /// The database
    #[arg(value_name = "DB", required_unless_present = "source", conflicts_with = "source")]
    database: Option<String>,
    /// How many migrations; one when nothing is said
    #[arg(long, value_name = "N", conflicts_with_all = ["to", "all"], value_parser = at_least_one)]
    count: Option<usize>,
    /// Back to this version, which stays
    #[arg(long, value_name = "VERSION", conflicts_with = "all")]
    to: Option<String>,
    /// All of them
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    consent: ConsentArguments,
    /// In production: the database's name, where rows would be lost
    #[arg(long, value_name = "DB")]
    confirm: Option<String>,
    #[command(flatten)]
    source: SourceArguments,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &RollbackArguments) -> Result<(), Failure> {
    let workspace = arguments.source.load(arguments.patience.options())?;
    let limit = match (arguments.all, &arguments.to) {
        (true, _) => Limit::All,
        (false, Some(version)) => Limit::To(version.clone()),
        (false, None) => Limit::Count(arguments.count.unwrap_or(1)),
    };
    let mut consent = arguments.consent.consent();
    consent.confirm.clone_from(&arguments.confirm);
    let names = match &arguments.database {
        Some(name) => vec![name.clone()],
        None => workspace.fleet.catalog.databases().iter().map(|database| database.name.clone()).collect(),
    };
    let mut reports = Vec::new();
    for name in &names {
        let report = workspace.fleet.rollback(name, &limit, &consent, &workspace.context).await;
        workspace.shown.clear();
        let ended = match report {
            Ok(report) => {
                if !arguments.format.json {
                    print(&report);
                }
                let ended = broke_off(&report);
                reports.push(report);
                ended
            }
            Err(error) => Some(failed(&workspace.fleet, name, &names, &error)),
        };
        if let Some(failure) = ended {
            if arguments.format.json && !reports.is_empty() {
                print_json(arguments, &reports)?;
            }
            return Err(failure);
        }
    }
    if arguments.format.json { print_json(arguments, &reports) } else { Ok(()) }
}

fn print_json(arguments: &RollbackArguments, reports: &[RollbackReport]) -> Result<(), Failure> {
    match reports {
        [report] if arguments.database.is_some() => output::json(report),
        reports => output::json(&reports),
    }
}

/// Why not all of it was taken back.
fn broke_off(report: &RollbackReport) -> Option<Failure> {
    match &report.phase {
        Phase::Failed { error, hint } => Some(Failure::user(format!("{}: {error}", report.database), hint.clone())),
        Phase::Stopped => {
            let hint = format!("`cargo xtask db rollback {}` takes more back", report.database);
            Some(Failure::user(format!("{}: stopped before everything was taken back", report.database), hint))
        }
        Phase::Current | Phase::Done | Phase::NotStarted => None,
    }
}

/// Names the database where there are several.
fn failed(fleet: &Fleet, name: &str, names: &[String], error: &Error) -> Failure {
    let mut failure = Failure::of(fleet, name, error);
    if names.len() > 1 {
        failure.message = format!("{name}: {error}");
    }
    failure
}

fn print(report: &RollbackReport) {
    if matches!(report.phase, Phase::Current) {
        output::say("nothing was applied, so nothing was taken back");
    }
    for version in &report.reverted {
        output::data(&format!("{:<9} took back {version}", report.database));
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("at least one; without the option it is one".to_owned()),
        Ok(count) => Ok(count),
        Err(_) => Err("it takes a whole number".to_owned()),
    }
}
