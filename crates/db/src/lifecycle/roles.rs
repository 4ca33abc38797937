//! The roles of a PostgreSQL database: one that owns, one that serves, and those that only read what migrations grant
//! them. None can log in; logins are their members.
//!
//! What is to be done is written as one script, which the server runs as one transaction: a dozen statements of their own
//! would be a dozen flushes to disk.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sea_orm::sqlx::postgres::PgConnectOptions;

use crate::config::PostgresTarget;
use crate::sql::{quote, quote_list};

/// The roles a target needs or names.
pub(super) fn names(target: &PostgresTarget) -> BTreeSet<String> {
    let logins = [&target.server, &target.migrate, &target.app];
    let logins = logins.into_iter().flatten().map(|options| options.get_username().to_owned());
    logins.chain(own(target).cloned()).collect()
}

/// The roles that are made with the database, and dropped with it.
fn own(target: &PostgresTarget) -> impl Iterator<Item = &String> {
    [&target.owner_role, &target.app_role].into_iter().chain(&target.reader_roles)
}

/// Makes the roles of `target` that `existing` lacks, and the logins their members.
pub(super) fn ensure(target: &PostgresTarget, existing: &BTreeSet<String>) -> String {
    let mut script = String::new();
    for role in own(target) {
        let quoted = quote(role);
        if !existing.contains(role) {
            line(&mut script, &format!("CREATE ROLE {quoted} NOLOGIN"));
        }
        // A login that is no superuser has to be a member of the owner to give it a database, and of both to take them.
        line(&mut script, &format!("GRANT {quoted} TO CURRENT_USER"));
    }
    let app = target.app.as_ref().map(PgConnectOptions::get_username);
    let server = target.server.as_ref().map(PgConnectOptions::get_username);
    for options in [&target.migrate, &target.app].into_iter().flatten() {
        let login = options.get_username();
        let role = if app == Some(login) { &target.app_role } else { &target.owner_role };
        if existing.contains(login) && server != Some(login) {
            line(&mut script, &format!("GRANT {} TO {}", quote(role), quote(login)));
        }
    }
    script
}

/// Takes from everybody what only the owner is to do in a database; runs in the database itself. A new one that is made
/// from `template0` has it so since PostgreSQL 15.
pub(super) const CLOSE_PUBLIC: &str = "REVOKE CREATE ON SCHEMA public FROM PUBLIC;";

/// Sets what roles may do with the database, and are set to within it; runs in any database of the server.
pub(super) fn settle(target: &PostgresTarget, existing: &BTreeSet<String>) -> String {
    let (name, app) = (quote(&target.database), quote(&target.app_role));
    let path = quote_list(target.search_path.iter().map(String::as_str));
    let mut script = String::new();
    line(&mut script, &format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"));
    line(&mut script, &format!("GRANT CONNECT ON DATABASE {name} TO {app}"));
    for reader in &target.reader_roles {
        line(&mut script, &format!("GRANT CONNECT ON DATABASE {name} TO {}", quote(reader)));
    }
    // A session's SET does not survive a pooler; a role's setting does.
    for role in names(target) {
        if existing.contains(&role) || own(target).any(|own| *own == role) {
            line(&mut script, &format!("ALTER ROLE {} IN DATABASE {name} SET search_path = {path}", quote(&role)));
        }
    }
    script
}

/// Drops the roles of a database that is gone.
pub(super) fn remove(target: &PostgresTarget) -> String {
    format!("DROP ROLE IF EXISTS {}", quote_list(own(target).map(String::as_str)))
}

fn line(script: &mut String, statement: &str) {
    writeln!(script, "{statement};").expect("writing to a string cannot fail");
}
