//! `cargo xtask db status`.

use atriz_db::DatabaseStatus;
use atriz_db::migrate::Standing;
use clap::Args;

use super::source::SourceArguments;
use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::workspace::RunOptions;

/// What to show.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db status\n  cargo xtask db status --check --json\n  \
                        cargo xtask db status --source ../shop/migrations --url postgres://localhost/shop")]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    databases: Databases,
    #[command(flatten)]
    source: SourceArguments,
    /// Exit with 1 when anything is pending or wrong; without it, only where there is no way to a database
    #[arg(long)]
    check: bool,
    /// List every migration
    #[arg(long, short)]
    verbose: bool,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &StatusArguments) -> Result<(), Failure> {
    let workspace = arguments.source.load(RunOptions::default())?;
    let plan = workspace.fleet.catalog.plan(&arguments.databases.databases)?;
    let statuses = workspace.fleet.status(&plan, &workspace.context).await?;
    if arguments.format.json {
        output::json(&statuses)?;
    } else {
        print(&statuses, arguments.verbose);
    }
    let current = statuses.iter().all(DatabaseStatus::is_current);
    let unreachable = statuses.iter().any(|status| status.unreachable);
    if unreachable || (arguments.check && !current) { Err(Failure::told()) } else { Ok(()) }
}

fn print(statuses: &[DatabaseStatus], verbose: bool) {
    let rows: Vec<_> = statuses.iter().map(row).collect();
    output::table(&["DATABASE", "ENGINE", "APPLIED", "PENDING", "ENVIRONMENT", "PLACE"], &rows);
    for status in statuses {
        if verbose {
            for migration in &status.migrations {
                output::data(&format!(
                    "{:<9} {:<8} {}",
                    status.database,
                    migration.standing.words(),
                    migration.version
                ));
            }
        }
        if let Some(holder) = &status.worked_on_by {
            output::say(&format!("{}: {holder} is at work on it", status.database));
        }
        let is_on_its_way = |standing: Standing| {
            status.worked_on_by.is_some() && matches!(standing, Standing::Partial | Standing::PartlyReverted)
        };
        let odd = status.migrations.iter().filter(|one| one.standing.is_odd() && !is_on_its_way(one.standing));
        for migration in odd {
            output::say(&format!("{}: {}: {}", status.database, migration.version, migration.standing.words()));
        }
        if let (Some(error), Some(hint)) = (&status.error, &status.hint) {
            // The error of a migration names its database itself.
            let named = error.starts_with(&format!("{}: ", status.database));
            let of = if named { String::new() } else { format!("{}: ", status.database) };
            output::say(&format!("\n{of}{error}\nhint: {hint}"));
        }
    }
}

fn row(status: &DatabaseStatus) -> Vec<String> {
    let known = !status.migrations.is_empty();
    let number = |number: usize| if known { number.to_string() } else { "-".to_owned() };
    let environment = status.identity.as_ref().map_or("-", |identity| identity.environment.name());
    vec![
        status.database.clone(),
        status.engine.name().to_owned(),
        number(status.applied),
        number(status.pending),
        environment.to_owned(),
        status.place.clone(),
    ]
}
