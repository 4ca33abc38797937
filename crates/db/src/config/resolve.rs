//! Works out where a database is, and refuses what would make two of its variables mean two places.

use std::path::Path;
use std::str::FromStr;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgSslMode};
use secrecy::ExposeSecret;

use super::target::missing;
use super::url::{Given, is_postgres, parse};
use super::variables::DatabaseVariables;
use super::{ConfigError, Inputs, PostgresTarget, SqliteTarget, Target};
use crate::Environment;
use crate::catalog::Descriptor;

/// The databases that every server has for its own upkeep.
const MAINTENANCE: [&str; 3] = ["postgres", "template0", "template1"];

/// Resolves where `database` is.
pub(super) fn resolve(
    database: &Descriptor,
    variables: &DatabaseVariables,
    environment: Environment,
    inputs: &Inputs,
) -> Result<Target, ConfigError> {
    let url = variables.url.as_ref().map(ExposeSecret::expose_secret);
    match url {
        Some(url) if url.starts_with("sqlite:") && variables.migrate_url.is_some() => {
            Err(ConfigError::disagree(&database.url_variable(), &database.migrate_variable()))
        }
        Some(url) if url.starts_with("sqlite:") => Ok(Target::Sqlite(sqlite_of_url(url, inputs))),
        Some(url) if !is_postgres(url) => {
            Err(ConfigError::invalid(&database.url_variable(), "it takes a postgres:// or a sqlite: URL"))
        }
        None if variables.host.is_none() && variables.migrate_url.is_none() => {
            let folder = data_dir(variables.data_dir.as_deref(), inputs)
                .ok_or_else(|| missing("DATA_DIR", "SQLite, the engine when no server is given,"))?;
            let name = variables.name.as_deref().unwrap_or(&database.default_database);
            Ok(Target::Sqlite(SqliteTarget { path: folder.join(format!("{name}.db")) }))
        }
        _ => postgres(database, variables, environment).map(|target| Target::Postgres(Box::new(target))),
    }
}

/// `DATA_DIR`; relative to the workspace root, or to the current folder outside a workspace.
pub(super) fn data_dir(given: Option<&str>, inputs: &Inputs) -> Option<std::path::PathBuf> {
    let root = inputs.root.clone().unwrap_or_default();
    match given {
        Some(folder) => Some(root.join(folder)),
        None => inputs.in_workspace.then(|| root.join("data")),
    }
}

fn sqlite_of_url(url: &str, inputs: &Inputs) -> SqliteTarget {
    let rest = url.trim_start_matches("sqlite:");
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let path = rest.split('?').next().unwrap_or(rest);
    SqliteTarget { path: inputs.root.clone().unwrap_or_default().join(Path::new(path)) }
}

fn postgres(
    database: &Descriptor,
    variables: &DatabaseVariables,
    environment: Environment,
) -> Result<PostgresTarget, ConfigError> {
    let (app_variable, migrate_variable) = (database.url_variable(), database.migrate_variable());
    let root_cert = variables.ssl_root_cert.as_deref();
    let app = variables.url.as_ref().map(|url| parse(&app_variable, url, root_cert)).transpose()?;
    let migrate_url = variables.migrate_url.as_ref().map(|url| parse(&migrate_variable, url, root_cert)).transpose()?;
    let server = variables.host.as_ref().map(|host| server_options(host, variables)).transpose()?;
    check_agreement(database, app.as_ref(), migrate_url.as_ref())?;
    let name = name_of(database, variables, app.as_ref(), migrate_url.as_ref())?;
    let (app, migrate_url) = (app.map(|given| given.options), migrate_url.map(|given| given.options));
    // With nothing but the app's URL, a developer's one login does everything.
    let everything = (environment != Environment::Production && migrate_url.is_none()).then(|| app.clone()).flatten();
    let server = server_of_both(server, migrate_url.as_ref()).or(everything);
    Ok(PostgresTarget {
        assume_app_role: app.is_none() && environment != Environment::Production,
        app: app.map(|options| options.database(&name)),
        migrate: migrate_url.or_else(|| server.clone()).map(|options| options.database(&name)),
        server,
        owner_role: format!("{name}_owner"),
        app_role: format!("{name}_app"),
        reader_roles: database.reader_roles.iter().map(|role| format!("{name}_{role}")).collect(),
        as_it_is: false,
        search_path: database.search_path().into_iter().map(str::to_owned).collect(),
        pool_size: variables.pool_size.unwrap_or(10),
        url_variable: app_variable,
        migrate_variable,
        database: name,
    })
}

/// Both URLs of a database name the same one. Their hosts may differ: the app's may lead there through a pooler.
fn check_agreement(database: &Descriptor, app: Option<&Given>, migrate: Option<&Given>) -> Result<(), ConfigError> {
    let named = |given: Option<&Given>| given.and_then(|given| given.database.clone());
    match (named(app), named(migrate)) {
        (Some(app), Some(migrate)) if app != migrate => {
            Err(ConfigError::disagree(&database.url_variable(), &database.migrate_variable()))
        }
        _ => Ok(()),
    }
}

/// The login that creates and drops. What is looked at has to be what is dropped, so a migrate URL that leads elsewhere
/// than `PGHOST`, past a pooler or to another server, speaks for all of it.
fn server_of_both(server: Option<PgConnectOptions>, migrate: Option<&PgConnectOptions>) -> Option<PgConnectOptions> {
    let place = |options: &PgConnectOptions| (host_of(options), options.get_port());
    match (server, migrate) {
        (Some(server), Some(migrate)) if place(&server) != place(migrate) => Some(migrate.clone()),
        (server, _) => server,
    }
}

/// The host, in one spelling for this machine, or the socket's folder.
pub(super) fn host_of(options: &PgConnectOptions) -> String {
    if let Some(socket) = options.get_socket() {
        return socket.display().to_string().trim_end_matches('/').to_owned();
    }
    match options.get_host().trim_end_matches('.').to_lowercase().as_str() {
        "localhost" | "127.0.0.1" | "::1" | "[::1]" => "localhost".to_owned(),
        other => other.to_owned(),
    }
}

/// The name of the database, from the first that says one.
fn name_of(
    database: &Descriptor,
    variables: &DatabaseVariables,
    app: Option<&Given>,
    migrate: Option<&Given>,
) -> Result<String, ConfigError> {
    let named = |given: Option<&Given>| given.and_then(|given| given.database.clone());
    let (variable, name) = if let Some(name) = named(app) {
        (database.url_variable(), name)
    } else if let Some(name) = named(migrate) {
        (database.migrate_variable(), name)
    } else if let Some(name) = variables.name.clone() {
        ("DB_NAME".to_owned(), name)
    } else {
        (database.url_variable(), database.default_database.clone())
    };
    // PostgreSQL cuts longer names off in silence (63 bytes), and the roles' names add to it: `_owner`, or a longer one.
    let longest = 62 - database.reader_roles.iter().map(String::len).max().unwrap_or(0).clamp("owner".len(), 32);
    if name.is_empty() || name.len() > longest {
        return Err(ConfigError::invalid(&variable, &format!("a database's name has 1 to {longest} bytes")));
    }
    if MAINTENANCE.contains(&name.as_str()) {
        let reason = "`postgres`, `template0` and `template1` are the server's own databases; name one of your own";
        return Err(ConfigError::invalid(&variable, reason));
    }
    Ok(name)
}

/// The server's login. Every field is set, since what is left out the driver reads from variables of its own.
fn server_options(host: &str, variables: &DatabaseVariables) -> Result<PgConnectOptions, ConfigError> {
    let mode = variables.ssl_mode.as_deref().map(ssl_mode).transpose()?.unwrap_or_default();
    let password = variables.password.as_ref().map_or("", ExposeSecret::expose_secret);
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(host)
        .port(variables.port.unwrap_or(5432))
        .password(password)
        .database("postgres")
        .ssl_mode(mode);
    if host.starts_with('/') {
        options = options.socket(host);
    }
    if let Some(user) = &variables.user {
        options = options.username(user);
    }
    if let Some(file) = &variables.ssl_root_cert {
        options = options.ssl_root_cert(file);
    }
    Ok(options)
}

fn ssl_mode(text: &str) -> Result<PgSslMode, ConfigError> {
    match text {
        "true" | "1" => Ok(PgSslMode::Require),
        "false" | "0" => Ok(PgSslMode::Disable),
        other => PgSslMode::from_str(other).map_err(|_| {
            ConfigError::invalid("PGSSLMODE", "it takes disable, allow, prefer, require, verify-ca or verify-full")
        }),
    }
}

/// Where a target is, so that two can be compared.
pub(super) fn key_of(target: &Target) -> String {
    match target {
        Target::Sqlite(file) => {
            // A file that is yet to be made stands in a folder that may be there.
            let (folder, name) = (file.path.parent(), file.path.file_name().unwrap_or_default());
            let folder = folder.and_then(|folder| folder.canonicalize().ok()).map(|folder| folder.join(name));
            let path = file.path.canonicalize().ok().or(folder).unwrap_or_else(|| file.path.clone());
            path.display().to_string()
        }
        Target::Postgres(target) => match target.migrate.as_ref().or(target.server.as_ref()).or(target.app.as_ref()) {
            Some(options) => format!("{}:{}/{}", host_of(options), options.get_port(), target.database),
            None => target.describe(),
        },
    }
}
