//! `cargo xtask db rollback`.

use atriz_db::migrate::Limit;
use clap::Args;

use super::Format;
use super::consent::ConsentArguments;
use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace};

/// What to take back.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cargo xtask db rollback pshop\n  cargo xtask db rollback pshop --to 20260101000300\n  \
                        cargo xtask db rollback pshop --all --yes"
)]
pub(crate) struct RollbackArguments {
    /// The database
    #[arg(value_name = "DB")]
    database: String,
    /// How many migrations; one when nothing is said
    #[arg(long, value_name = "N", conflicts_with_all = ["to", "all"])]
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
    format: Format,
}

pub(crate) async fn run(arguments: &RollbackArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(RunOptions::default())?;
    let limit = match (arguments.all, &arguments.to) {
        (true, _) => Limit::All,
        (false, Some(version)) => Limit::To(version.clone()),
        (false, None) => Limit::Count(arguments.count.unwrap_or(1)),
    };
    let mut consent = arguments.consent.consent();
    consent.confirm.clone_from(&arguments.confirm);
    let report = workspace.fleet.rollback(&arguments.database, &limit, &consent, &workspace.context).await;
    workspace.shown.clear();
    let report = report?;
    if arguments.format.json {
        return output::json(&report);
    }
    if report.reverted.is_empty() {
        output::say("nothing was applied, so nothing was taken back");
    }
    for version in &report.reverted {
        output::data(&format!("{:<9} took back {version}", report.database));
    }
    Ok(())
}
