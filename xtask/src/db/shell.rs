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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use atriz_db::Configuration;
    use atriz_db::config::{Inputs, Scope};

    use super::*;

    #[test]
    fn psql_is_told_of_tls_and_inherits_no_other_login() {
        let variables =
            [("PGHOST", "h"), ("PGUSER", "u"), ("PGSSLMODE", "verify-full"), ("PGSSLROOTCERT", "/etc/ca.pem")];
        let process: BTreeMap<_, _> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let inputs = Inputs { scope: Scope::Workspace, root: None, in_workspace: false, process };
        let catalog = crate::workspace::catalog().expect("the catalog holds together");
        let configuration = Configuration::load(&catalog, &inputs).expect("the variables are right");
        let Target::Postgres(target) = configuration.target("core").expect("core is there") else {
            panic!("a host means PostgreSQL")
        };
        let command = psql(target).expect("there is a login");
        let told: BTreeMap<_, _> = command.get_envs().collect();
        let value = |name: &str| told.get(std::ffi::OsStr::new(name)).copied().flatten().and_then(|text| text.to_str());
        for (name, expected) in variables {
            assert_eq!(value(name), Some(expected), "{name}");
        }
        for name in ["PGPASSWORD", "PGHOSTADDR"] {
            assert_eq!(told.get(std::ffi::OsStr::new(name)), Some(&None), "{name} is inherited");
        }
        assert_eq!(command.get_args().count(), 0);
    }
}
