//! `cargo xtask db seed`.

use atriz_db::catalog::SeedSet;
use atriz_db::{SeedReportOf, SeedRequest};
use clap::Args;

use super::consent::ConsentArguments;
use super::{Databases, Format, Patience};
use crate::error::Failure;
use crate::output;
use crate::workspace::Workspace;

/// What to seed.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(after_help = "Examples:\n  cargo xtask db seed\n  cargo xtask db seed core --reference\n  \
                        cargo xtask db seed pshop --demo --down")]
pub(crate) struct SeedArguments {
    #[command(flatten)]
    databases: Databases,
    /// Only the rows that every environment needs
    #[arg(long)]
    reference: bool,
    /// Only the rows for development and tests
    #[arg(long)]
    demo: bool,
    /// Take back rows that were seeded, that nobody changed and nothing refers to
    #[arg(long)]
    down: bool,
    /// Compare files row by row that were loaded before and have not changed
    #[arg(long, conflicts_with = "down")]
    again: bool,
    #[command(flatten)]
    consent: ConsentArguments,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &SeedArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(arguments.patience.options())?;
    let plan = workspace.fleet.catalog.plan(&arguments.databases.databases)?;
    let mut sets = Vec::new();
    if arguments.reference {
        sets.push(SeedSet::Reference);
    }
    if arguments.demo {
        sets.push(SeedSet::Demo);
    }
    let request = SeedRequest { plan, sets, skip_known: !arguments.again };
    let reports = if arguments.down {
        workspace.fleet.take_back_seeds(&request, &arguments.consent.consent(), &workspace.context).await
    } else {
        workspace.fleet.seed(&request, &workspace.context).await
    };
    workspace.shown.clear();
    let reports = reports?;
    if arguments.format.json {
        return output::json(&reports);
    }
    for report in &reports {
        if arguments.down { print_down(report) } else { print(report) }
    }
    Ok(())
}

/// One line per file that did something, then the sum.
pub(crate) fn print(report: &SeedReportOf) {
    for file in &report.files {
        if let Some(outcome) = file.outcome.filter(|outcome| outcome.inserted + outcome.changed > 0) {
            let changed = if outcome.changed > 0 { format!(", {} changed", outcome.changed) } else { String::new() };
            output::data(&format!("{:<9} {}: {} inserted{changed}", report.database, file.file, outcome.inserted));
        }
    }
    if report.total.inserted + report.total.changed == 0 {
        output::data(&format!("{:<9} is seeded already: nothing changed", report.database));
    }
}

fn print_down(report: &SeedReportOf) {
    for file in &report.files {
        let outcome = file.outcome.unwrap_or_default();
        let stayed = match outcome.unchanged {
            0 => String::new(),
            rows => format!(", {} changed or referred to and so kept", output::count(rows, "row")),
        };
        let removed = output::count(outcome.inserted, "row");
        output::data(&format!("{:<9} {}: {removed} removed{stayed}", report.database, file.file));
    }
    if report.files.is_empty() {
        output::data(&format!("{:<9} was not seeded: nothing to take back", report.database));
    }
}
