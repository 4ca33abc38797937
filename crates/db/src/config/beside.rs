//! A database that is named by its URL alone, beside the configuration.

use std::path::PathBuf;

use secrecy::SecretString;

use super::target::server_of;
use super::url::{is_postgres, parse};
use super::{ConfigError, PostgresTarget, SqliteTarget, Target};

impl Target {
    /// The database that `url` names: `postgres://…`, `sqlite://path` or the path of a SQLite file. `variable` is how
    /// messages call the place of the URL: an option of the command line, or a line of standard input.
    ///
    /// The one login does everything, and keeps its own `search_path` and role: such a database is not laid out by us.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Invalid`], without the URL itself, which may hold a password.
    pub fn of_url(url: &str, variable: &str) -> Result<Self, ConfigError> {
        let invalid = |reason: &str| ConfigError::Invalid {
            variable: variable.to_owned(),
            origin: if variable.starts_with('-') { "the command line" } else { "standard input" }.to_owned(),
            reason: reason.to_owned(),
        };
        if is_postgres(url) {
            let target = postgres(url, variable).map_err(|error| match error {
                ConfigError::Invalid { reason, .. } => invalid(&reason),
                other => other,
            });
            return Ok(Self::Postgres(Box::new(target?)));
        }
        let path = match url.strip_prefix("sqlite:") {
            Some(rest) => rest.strip_prefix("//").unwrap_or(rest).split('?').next().unwrap_or(rest),
            None if url.contains("://") => return Err(invalid("Atriz runs on postgres:// and sqlite:// alone")),
            None if looks_like_a_server(url) => {
                return Err(invalid(
                    "it is no postgres:// URL; the path of a file that looks so is written sqlite:PATH",
                ));
            }
            None => url,
        };
        if path.is_empty() || path == ":memory:" {
            return Err(invalid("it names no file"));
        }
        Ok(Self::Sqlite(SqliteTarget { path: PathBuf::from(path) }))
    }

    /// The database's own name: on a server, or the stem of the file.
    pub fn own_name(&self) -> String {
        match self {
            Self::Postgres(target) => target.database.clone(),
            Self::Sqlite(target) => target.path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        }
    }

    /// Server and name, or the whole path: what two URLs of one database have in common.
    pub fn whereabouts(&self) -> String {
        match self {
            Self::Postgres(target) => match &target.migrate {
                Some(options) => format!("{}/{}", server_of(options), target.database),
                None => target.database.clone(),
            },
            Self::Sqlite(target) => {
                let path = std::path::absolute(&target.path).unwrap_or_else(|_| target.path.clone());
                // A file that is not there yet may stand in a folder that is reached in two ways.
                let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
                let path = match (path.canonicalize(), folder, path.file_name()) {
                    (Ok(path), ..) => path,
                    (_, Some(folder), Some(name)) => folder.join(name),
                    _ => path,
                };
                path.display().to_string()
            }
        }
    }

    /// The URL without its password, for commands to copy.
    pub fn url(&self) -> String {
        match self {
            Self::Postgres(target) => match &target.migrate {
                Some(options) => {
                    let (user, name) = (options.get_username(), &target.database);
                    match options.get_socket() {
                        Some(socket) => {
                            let (folder, port) = (socket.display(), options.get_port());
                            format!("postgres://{user}@localhost/{name}?host={folder}&port={port}")
                        }
                        None => format!("postgres://{user}@{}:{}/{name}", options.get_host(), options.get_port()),
                    }
                }
                None => target.database.clone(),
            },
            Self::Sqlite(target) => target.path.display().to_string(),
        }
    }
}

fn postgres(url: &str, variable: &str) -> Result<PostgresTarget, ConfigError> {
    let given = parse(variable, &SecretString::from(url), None)?;
    let database = given.database.ok_or_else(|| ConfigError::invalid(variable, "it names no database"))?;
    // Tables in `postgres` are somebody's choice; those in a template come with every database that is made.
    if database.starts_with("template") && matches!(&database["template".len()..], "0" | "1") {
        return Err(ConfigError::invalid(variable, "it names a template, of which the server makes new databases"));
    }
    let options = given.options.database(&database);
    Ok(PostgresTarget {
        owner_role: format!("{database}_owner"),
        app_role: format!("{database}_app"),
        reader_roles: Vec::new(),
        app: Some(options.clone()),
        migrate: Some(options.clone()),
        server: Some(options),
        assume_app_role: false,
        search_path: Vec::new(),
        as_it_is: true,
        pool_size: 1,
        url_variable: "--url".to_owned(),
        migrate_variable: "--url".to_owned(),
        database,
    })
}

/// Whether a path was rather meant as the address of a server: a mistyped URL must not become a file with a password in
/// its name.
fn looks_like_a_server(path: &str) -> bool {
    let start = path.split(['/', '.']).next().unwrap_or_default().to_ascii_lowercase();
    // One letter before a colon is a drive.
    let has_scheme = start.find(':').is_some_and(|at| at > 1);
    let has_name = matches!(start.as_str(), "postgres" | "postgresql") && path[start.len()..].starts_with("//");
    has_scheme || has_name || path.contains('@') || ["host=", "dbname="].iter().any(|part| path.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Target {
        Target::of_url(url, "--url").unwrap()
    }

    #[test]
    fn urls_and_paths_are_read() {
        let server = of("postgres://me:secret@db.example.org/shop");
        assert_eq!((server.own_name().as_str(), server.whereabouts().as_str()), ("shop", "db.example.org:5432/shop"));
        assert_eq!(server.url(), "postgres://me@db.example.org:5432/shop");
        for file in ["sqlite:///tmp/a.db", "sqlite:/tmp/a.db?mode=rwc", "/tmp/a.db", "/tmp/../tmp/a.db"] {
            assert_eq!((of(file).own_name().as_str(), of(file).whereabouts()), ("a", of("/tmp/a.db").whereabouts()));
        }
    }

    #[test]
    fn what_is_refused_shows_no_password() {
        for url in [
            "postgres://me:sec@ret@host/x",
            "postgres://me:secret@host",
            "mysql://me:secret@host/x",
            "sqlite::memory:",
            "",
            "postgres:me:secret@host/x",
            "postgres//x",
            "Postgres://me:secret@host/x",
            "host=/tmp dbname=x password=secret",
            "postgres://me:secret@/x?host=/tmp",
            "postgres://me:secret@host/template1",
        ] {
            let error = Target::of_url(url, "--url").unwrap_err().to_string();
            assert!(!error.contains("sec") && error.contains("`--url` in the command line"), "{error}");
        }
        for (rest, cause) in [("host:99999/x", "invalid port number"), ("host/x?sslmode=maybe", "maybe")] {
            let error = Target::of_url(&format!("postgres://me:secret@{rest}"), "--url").unwrap_err().to_string();
            assert!(error.contains(cause) && !error.contains("secret"), "{error}");
        }
        let error = Target::of_url("mysql://me:secret@host/x", "line 3").unwrap_err().to_string();
        assert!(error.contains("`line 3` in standard input"), "{error}");
    }
}
