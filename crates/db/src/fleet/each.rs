//! Many databases of one folder: each is looked at, locked and migrated by itself, a few at a time.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Fleet, Member, MigrateReport, MigrateRequest, Phase, at_once};
use crate::catalog::Plan;
use crate::config::{PostgresTarget, Target};
use crate::connect::ConnectError;
use crate::error::Error;
use crate::lock::LockError;
use crate::migrate::{MigrationError, RunContext};
use crate::tracking::IdentityError;

impl Fleet {
    /// As [`Fleet::migrate`] for databases that do not come after each other: `jobs` of them are worked on at the same
    /// time, each with up to three connections, and nothing is held for the others. One that is up to date costs one look.
    ///
    /// Whatever is wrong with one database stands in its report. After a failure no other is begun, unless `keep_going`.
    ///
    /// # Errors
    ///
    /// A plan of another catalog.
    pub async fn migrate_each(
        &self,
        request: &MigrateRequest,
        keep_going: bool,
        context: &RunContext,
    ) -> Result<Vec<MigrateReport>, Error> {
        let members = self.members(&request.plan, context)?;
        let (fleet, limit, shared) = (Arc::new(self.clone()), request.limit.clone(), Arc::clone(&context.stop));
        let work = |member: Member| {
            let plan = Plan { databases: vec![Arc::clone(&member.database)] };
            let (fleet, request) = (Arc::clone(&fleet), MigrateRequest { plan, limit: limit.clone() });
            let stop = if keep_going { Arc::default() } else { Arc::clone(&shared) };
            let context = RunContext { stop, ..member.context.clone() };
            async move { fleet.migrate_one(&member, &request, &context).await }
        };
        let done = at_once(members, work).await;
        Ok(done.into_iter().map(|(member, result)| result.unwrap_or_else(|error| member.failed(&error))).collect())
    }

    async fn migrate_one(
        &self,
        member: &Member,
        request: &MigrateRequest,
        context: &RunContext,
    ) -> Result<MigrateReport, Error> {
        if context.stop.load(Ordering::SeqCst) {
            return Ok(member.report(Phase::NotStarted));
        }
        let done = async {
            // Where the file is there, migrating looks whose it is.
            if matches!(&member.target, Target::Sqlite(file) if !file.path.exists()) {
                self.create(&request.plan, context).await?;
            }
            self.migrate(request, context).await
        };
        Ok(match done.await {
            Ok(reports) => reports.into_iter().next().unwrap_or_else(|| member.report(Phase::NotStarted)),
            Err(error) => {
                context.stop.store(true, Ordering::SeqCst);
                member.failed(&error)
            }
        })
    }

    /// What to do about `error` of the database `name`: as [`Error::hint`], in the words of `--source` where the database
    /// is named by its URL.
    pub fn hint(&self, name: &str, error: &Error) -> String {
        let database = self.catalog.get(name).ok().and_then(|database| database.source.as_ref());
        match (database, self.configuration.target(name)) {
            (Some(source), Ok(target)) => source_hint(name, source.label(), target, error),
            _ => error.hint(),
        }
    }

    /// The command behind `cargo xtask db` as it is for the database `name`: with its folder and URL where it is named by
    /// its URL.
    pub fn command(&self, name: &str, command: &str) -> String {
        let database = self.catalog.get(name).ok().and_then(|database| database.source.as_ref());
        match (database, self.configuration.target(name)) {
            (Some(source), Ok(target)) => of_source(name, source.label(), target, command),
            _ => command.to_owned(),
        }
    }
}

impl Member {
    /// What to do about an error of this database.
    pub(super) fn hint(&self, error: &Error) -> String {
        let source = self.database.source.as_ref();
        source.map_or_else(|| error.hint(), |source| source_hint(self.name(), source.label(), &self.target, error))
    }

    fn report(&self, phase: Phase) -> MigrateReport {
        MigrateReport { database: self.name().to_owned(), applied: Vec::new(), phase }
    }

    fn failed(&self, error: &Error) -> MigrateReport {
        // The report names the database already.
        let error = if let Error::In { source, .. } = error { source } else { error };
        self.report(Phase::Failed { error: error.to_string(), hint: self.hint(error) })
    }
}

/// What to do where the database is not one of the workspace's: a hint of its own, or the usual one with the folder and the
/// URL in its commands.
fn source_hint(name: &str, folder: &str, target: &Target, error: &Error) -> String {
    own_hint(folder, target, error).unwrap_or_else(|| {
        let hint = error.hint();
        let parts = hint.split('`').map(|part| match part.strip_prefix("cargo xtask db ") {
            Some(command) => format!("cargo xtask db {}", of_source(name, folder, target, command)),
            None => part.to_owned(),
        });
        parts.collect::<Vec<_>>().join("`")
    })
}

/// A command on the database with its folder and URL. `repair` takes the name as well, the others take the URL for it.
fn of_source(name: &str, folder: &str, target: &Target, command: &str) -> String {
    let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
    let Some(rest) = rest.strip_prefix(name) else { return command.to_owned() };
    let named = if verb == "repair" { format!(" {name}") } else { String::new() };
    format!("{verb}{named}{rest} --source {folder} --url '{}'", target.url())
}

fn own_hint(folder: &str, target: &Target, error: &Error) -> Option<String> {
    let url = target.url();
    match (error, target) {
        (Error::In { source, .. }, _) => return own_hint(folder, target, source),
        (Error::Connect(ConnectError::Missing { .. }), Target::Postgres(target)) => return Some(createdb(target)),
        (Error::Connect(ConnectError::Missing { .. }), Target::Sqlite(_)) => {
            return Some(format!("`cargo xtask db migrate --source {folder} --url '{url}'` makes it"));
        }
        (Error::Connect(ConnectError::Unreachable { .. } | ConnectError::Login { .. }), Target::Postgres(_)) => {
            return Some("start the server, or correct the URL".to_owned());
        }
        (Error::Lock(LockError::Pooler { .. }), _) => {
            return Some("let `--url` name the server itself, past the pooler".to_owned());
        }
        _ => {}
    }
    match identity(error)? {
        IdentityError::Foreign { .. } => Some(format!(
            "if another tool migrated it, `cargo xtask db adopt {folder} --url '{url}'` takes its history over"
        )),
        IdentityError::Name { found, .. } => Some(format!(
            "if it is database `{found}` of a workspace, `cargo xtask db migrate {found}` there; if it is a copy or was \
             renamed, say `--marked-as {found}`"
        )),
        IdentityError::Environment { found, .. } => Some(format!("set APP_ENV={found}")),
        _ => None,
    }
}

fn identity(error: &Error) -> Option<&IdentityError> {
    match error {
        Error::Identity(error) | Error::Migration(MigrationError::Identity(error)) => Some(error),
        _ => None,
    }
}

fn createdb(target: &PostgresTarget) -> String {
    let Some(options) = &target.migrate else { return format!("`createdb {}` makes it", target.database) };
    let host =
        options.get_socket().map_or_else(|| options.get_host().to_owned(), |socket| socket.display().to_string());
    let (port, user, name) = (options.get_port(), options.get_username(), &target.database);
    format!("`createdb --host {host} --port {port} --username {user} {name}` makes it")
}
