//! `cargo xtask db clean`.

use atriz_db::Cleaned;
use clap::Args;

use super::consent::ConsentArguments;
use super::{Databases, Format, Patience};
use crate::error::Failure;
use crate::output;
use crate::workspace::Workspace;

/// What to empty.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo xtask db clean mextrack --yes")]
pub(crate) struct CleanArguments {
    #[command(flatten)]
    databases: Databases,
    #[command(flatten)]
    consent: ConsentArguments,
    /// Also empty the databases that come after these
    #[arg(long)]
    with_dependants: bool,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &CleanArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(arguments.patience.options())?;
    let plan = workspace.fleet.catalog.plan(&arguments.databases.databases)?;
    let consent = arguments.consent.consent();
    let reports = workspace.fleet.clean(&plan, arguments.with_dependants, &consent, &workspace.context).await?;
    if arguments.format.json {
        return output::json(&reports);
    }
    reports.iter().for_each(print);
    Ok(())
}

/// One line per table that held rows.
pub(crate) fn print(cleaned: &Cleaned) {
    for (table, rows) in &cleaned.report.tables {
        output::data(&format!("{:<9} {table}: {} removed", cleaned.database, output::count(*rows, "row")));
    }
    if cleaned.report.tables.is_empty() {
        let state = if cleaned.exists { "was empty already" } else { "does not exist" };
        output::data(&format!("{:<9} {state}", cleaned.database));
    }
}
