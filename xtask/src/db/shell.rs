//! `cargo xtask db shell`.

use std::process::Command;

use atriz_db::Target;
use clap::Args;

use crate::error::Failure;
use crate::workspace::{RunOptions, Workspace};

/// Which database.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo xtask db shell pshop -- -c 'select count(*) from products'")]
pub(crate) struct ShellArguments {
    /// The database
    #[arg(value_name = "DB")]
    database: String,
    /// Arguments for psql or sqlite3
    #[arg(last = true)]
    rest: Vec<String>,
}

pub(crate) fn run(arguments: &ShellArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(RunOptions::default())?;
    let database = workspace.fleet.catalog.get(&arguments.database)?;
    let target = workspace.fleet.configuration.target(&database.name)?;
    let mut command = match target {
        Target::Sqlite(file) => {
            if !file.path.exists() {
                let message = format!("{} does not exist", file.path.display());
                return Err(Failure::user(message, format!("`cargo xtask db create {}` makes it", database.name)));
            }
            let mut command = Command::new("sqlite3");
            command.arg(&file.path);
            command
        }
        Target::Postgres(target) => psql(target)?,
    };
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.args(&arguments.rest).status().map_err(|error| {
        Failure::user(format!("{program} cannot be started: {error}"), format!("install {program}"))
    })?;
    if status.success() { Ok(()) } else { Err(Failure::told()) }
}

/// The login goes through psql's own variables, so that no password stands in the process list. Those that lead elsewhere
/// or belong to another login are not inherited.
fn psql(target: &atriz_db::config::PostgresTarget) -> Result<Command, Failure> {
    let login = target.login_variables().map_err(Failure::from)?;
    let mut command = Command::new("psql");
    for name in ["PGHOSTADDR", "PGPASSWORD", "PGSERVICE", "PGSSLROOTCERT"] {
        command.env_remove(name);
    }
    for (name, value) in login {
        command.env(name, value);
    }
    Ok(command)
}
