//! `cargo xtask db identity`.

use atriz_db::Environment;
use clap::Args;

use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace};

/// What to show or change.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db identity\n  \
                        cargo xtask db identity core --environment test --confirm core")]
pub(crate) struct IdentityArguments {
    #[command(flatten)]
    databases: Databases,
    /// Mark the one named database as belonging to this environment
    #[arg(long, value_name = "ENVIRONMENT", value_parser = environment, requires = "databases")]
    environment: Option<Environment>,
    /// The database's name, to confirm the change
    #[arg(long, value_name = "DB", requires = "environment")]
    confirm: Option<String>,
    #[command(flatten)]
    format: Format,
}

fn environment(text: &str) -> Result<Environment, String> {
    Environment::parse(text).ok_or_else(|| "it is development, test or production".to_owned())
}

pub(crate) async fn run(arguments: &IdentityArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(RunOptions::default())?;
    let (fleet, context) = (&workspace.fleet, &workspace.context);
    let names = &arguments.databases.databases;
    let reports = match (arguments.environment, names.as_slice()) {
        (None, _) => fleet.identities(&fleet.catalog.plan(names)?, context).await?,
        (Some(environment), [name]) => {
            vec![fleet.mark(name, environment, arguments.confirm.as_deref(), context).await?]
        }
        (Some(_), _) => {
            return Err(Failure::user("a mark is changed one database at a time", "name the one database"));
        }
    };
    if arguments.format.json {
        return output::json(&reports);
    }
    let rows: Vec<_> = reports
        .iter()
        .map(|report| match &report.identity {
            Some(identity) => vec![
                report.database.clone(),
                identity.name.clone(),
                identity.environment.to_string(),
                identity.id.to_string(),
                report.place.clone(),
            ],
            None => vec![report.database.clone(), "-".into(), "-".into(), "-".into(), report.place.clone()],
        })
        .collect();
    output::table(&["DATABASE", "MARKED AS", "ENVIRONMENT", "ID", "PLACE"], &rows);
    Ok(())
}
