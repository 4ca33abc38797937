//! `pg_dump`: finding one that is new enough, and running it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use atriz_db::{TRACKING_TABLES, Target};
use sea_orm::DatabaseConnection;

use super::SquashError;
use super::rows::{engine, texts};
use crate::cluster::Search;
use crate::scratch::{Scratch, Server};

/// Variables that would lead elsewhere or change what is written.
const FOREIGN: [&str; 6] = ["PGHOSTADDR", "PGOPTIONS", "PGPASSWORD", "PGSERVICE", "PGSSLROOTCERT", "PGTZ"];

/// The dump of a scratch database, without the tracking tables.
pub(super) async fn dump(
    scratch: &Scratch,
    server: &Server,
    connection: &DatabaseConnection,
) -> Result<String, SquashError> {
    let major = major_of(connection).await?;
    let program = find(server.programs(), major)?;
    let Ok(Target::Postgres(target)) = scratch.fleet().configuration.target(scratch.name()) else {
        return Err(SquashError::PgDump { reason: "the scratch database is none".to_owned(), major: Some(major) });
    };
    let login = target.login_variables().map_err(atriz_db::Error::from)?;
    let mut command = Command::new(&program);
    command.args(["--no-owner", "--no-tablespaces", "--column-inserts", "--rows-per-insert=100", "--no-password"]);
    command.args(TRACKING_TABLES.map(|table| format!("--exclude-table=public.{table}")));
    for name in FOREIGN {
        command.env_remove(name);
    }
    command.envs(login).env("PGCLIENTENCODING", "UTF8").env("LC_ALL", "C").stdin(Stdio::null());
    let failed = |reason: String| SquashError::PgDump { reason, major: Some(major) };
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    let output = ran.map_err(|error| failed(error.to_string()))?;
    let output = output.map_err(|error| failed(format!("{}: {error}", program.display())))?;
    if !output.status.success() {
        let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(failed(format!("{}: {told}", program.display())));
    }
    String::from_utf8(output.stdout).map_err(|error| failed(error.to_string()))
}

async fn major_of(connection: &DatabaseConnection) -> Result<u32, SquashError> {
    const QUERY: &str = "SELECT pg_catalog.current_setting('server_version_num') AS line";
    let told = texts(connection, QUERY).await.map_err(|error| engine(&error))?;
    Ok(told.first().and_then(|number| number.parse::<u32>().ok()).unwrap_or_default() / 10_000)
}

/// The server's own, else the first on the PATH or in the usual folders that is not older than the server.
fn find(programs: Option<&Path>, major: u32) -> Result<PathBuf, SquashError> {
    let search = Search::system();
    let folders = programs.map(Path::to_path_buf).into_iter().chain(search.path).chain(search.folders);
    let mut old: Option<String> = None;
    for program in folders.map(|folder| folder.join("pg_dump")).filter(|program| program.is_file()) {
        match version(&program) {
            Some(version) if version >= major => return Ok(program),
            Some(version) => drop(old.get_or_insert(format!("{} is of version {version}", program.display()))),
            None => {}
        }
    }
    let found = old.map_or_else(|| "there is no pg_dump".to_owned(), |old| format!("{old}, the server of {major}"));
    Err(SquashError::PgDump { reason: found, major: Some(major) })
}

fn version(program: &Path) -> Option<u32> {
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output().ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// The major version in `pg_dump (PostgreSQL) 17.2 (Debian …)`.
fn parse_version(told: &str) -> Option<u32> {
    let number = told.split("(PostgreSQL)").nth(1)?.trim_start();
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_too_old_is_told_with_the_way_to_a_newer_one() {
        assert_eq!(parse_version("pg_dump (PostgreSQL) 17.2 (Debian 17.2-1)\n"), Some(17));
        assert_eq!(parse_version("pg_dump (PostgreSQL) 18beta1"), Some(18));
        let error = find(None, 999).unwrap_err();
        assert!(error.to_string().contains("pg_dump"), "{error}");
        assert!(error.hint().contains("postgresql-client-999"), "{}", error.hint());
    }
}
