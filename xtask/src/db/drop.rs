//! `cargo xtask db drop`.

use clap::Args;

use super::consent::ConsentArguments;
use super::{Databases, Format, Patience};
use crate::error::Failure;
use crate::output;
use crate::workspace::Workspace;

/// What to drop.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo xtask db drop pshop")]
pub(crate) struct DropArguments {
    #[command(flatten)]
    databases: Databases,
    #[command(flatten)]
    consent: ConsentArguments,
    /// Also drop the databases that come after these
    #[arg(long)]
    with_dependants: bool,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &DropArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(arguments.patience.options())?;
    let plan = workspace.fleet.catalog.plan(&arguments.databases.databases)?;
    let consent = arguments.consent.consent();
    let reports =
        workspace.fleet.drop_databases(&plan, arguments.with_dependants, &consent, &workspace.context).await?;
    if arguments.format.json {
        return output::json(&reports);
    }
    for report in reports {
        let what = if report.existed {
            format!("dropped with {}", output::count(report.rows, "row"))
        } else {
            "was not there".to_owned()
        };
        output::data(&format!("{:<9} {what}: {}", report.database, report.place));
    }
    Ok(())
}
