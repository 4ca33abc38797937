//! `db create`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Fleet, Member, all_or_first, at_once};
use crate::Engine;
use crate::catalog::Plan;
use crate::config::{PostgresTarget, Target, server_of};
use crate::connect::{ConnectError, Purpose, Session};
use crate::error::Error;
use crate::lifecycle::{Created, Server, create_file};
use crate::migrate::{MigrationError, RunContext};
use crate::tracking::Snapshot;

/// What was done for one database.
#[derive(Clone, Debug, Serialize)]
pub struct CreateReport {
    /// The database.
    pub database: String,
    /// Its engine.
    pub engine: Engine,
    /// Where it is.
    pub place: String,
    /// Whether it was made.
    pub created: Created,
}

impl Fleet {
    /// Makes the databases of `plan` where they are missing, and sets the roles and rights of those that are there. Empty
    /// databases do not depend on each other, so those of one server are made at the same time.
    ///
    /// # Errors
    ///
    /// Before the first change, a database that is there and is another one, of another environment or somebody else's;
    /// then the first error in plan order, and databases that were made stay.
    pub async fn create(&self, plan: &Plan, context: &RunContext) -> Result<Vec<CreateReport>, Error> {
        let members = self.members(plan, context)?;
        let mut servers = Vec::new();
        for (_, members) in by_server(&members) {
            let targets: Vec<PostgresTarget> = members.iter().map(|(_, target)| (*target).clone()).collect();
            let first = members.first().map_or("", |(member, _)| member.name());
            let server = Server::approach(targets).await.map_err(|error| Error::from(error).within(first))?;
            servers.extend(server.map(|server| (server, members)));
        }
        let mut there = members.clone();
        there.retain(|member| match &member.target {
            Target::Postgres(target) => servers.iter().any(|(server, members)| {
                server.has(&target.database) && members.iter().any(|(one, _)| one.name() == member.name())
            }),
            Target::Sqlite(_) => true,
        });
        all_or_first(at_once(there, |member| async move { check_existing(&member).await }).await)?;
        let mut created: BTreeMap<String, Result<Created, Error>> = BTreeMap::new();
        for (server, members) in servers {
            let first = members.first().map_or("", |(member, _)| member.name());
            let results = server.create(context).await.map_err(|error| Error::from(error).within(first))?;
            for ((member, _), result) in members.iter().zip(results) {
                created.insert(member.name().to_owned(), result.map_err(Error::from));
            }
        }
        for member in &members {
            if let Target::Sqlite(file) = &member.target {
                created.insert(member.name().to_owned(), create_file(&file.path).await.map_err(Error::from));
            }
        }
        members.iter().filter_map(|member| Some(report(member, created.remove(member.name())?))).collect()
    }
}

/// Looks at a database that is there already: roles, rights and a file's way of writing are changed in ours alone.
async fn check_existing(member: &Member) -> Result<(), Error> {
    let session = match &member.target {
        Target::Postgres(target) => Session::look_as_server(target).await,
        Target::Sqlite(_) => Session::open(&member.target, Purpose::Look).await,
    };
    let session = match session {
        Err(ConnectError::Missing { .. }) => return Ok(()),
        other => other?,
    };
    let snapshot = Snapshot::read(&session.connection, session.engine).await;
    let place = session.place.clone();
    session.close().await;
    let snapshot = snapshot.map_err(|error| MigrationError::engine(&place, &error))?;
    Ok(snapshot.check(member.name(), member.context.environment, &member.folder()?, &place)?)
}

/// The members on PostgreSQL, by the server and login that make them.
fn by_server(members: &[Member]) -> BTreeMap<String, Vec<(&Member, &PostgresTarget)>> {
    let mut servers: BTreeMap<String, Vec<(&Member, &PostgresTarget)>> = BTreeMap::new();
    for member in members {
        if let Target::Postgres(target) = &member.target {
            let login = target.server.as_ref().map(|server| format!("{}@{}", server.get_username(), server_of(server)));
            servers.entry(login.unwrap_or_default()).or_default().push((member, target));
        }
    }
    servers
}

fn report(member: &Member, created: Result<Created, Error>) -> Result<CreateReport, Error> {
    Ok(CreateReport {
        database: member.name().to_owned(),
        engine: member.target.engine(),
        place: member.target.describe(),
        created: created.map_err(|error| error.within(member.name()))?,
    })
}
