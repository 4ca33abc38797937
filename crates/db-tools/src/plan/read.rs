//! Reading what is pending, without lock or change.

use atriz_db::migrate::{Executor, Folder, Limit, MigrationError, RunContext, Standing};
use atriz_db::{ConnectError, Descriptor, Error, Fleet, MigrateRequest, Purpose, Session};
use sea_orm::DbErr;

use super::live::Live;
use super::report::{DatabasePlan, MigrationPlan, PlannedMigration};
use super::run::Run;
use super::summary::Summary;
use super::weigh::{migration, old_tables};

/// What [`Fleet::migrate`] would run, and what that does to others. Databases are looked at one after the other, as the
/// login that migrates, or else as the app's; nothing is locked, made or changed.
///
/// # Errors
///
/// What [`Fleet::migrate`] says before its first change. A database that does not exist is no error, and one that another
/// comes after and that is behind is told in [`MigrationPlan::refused`].
pub async fn plan(fleet: &Fleet, request: &MigrateRequest, context: &RunContext) -> Result<MigrationPlan, Error> {
    let mut databases = Vec::new();
    for descriptor in &request.plan.databases {
        let plan = of_database(fleet, descriptor, &request.limit, context).await;
        databases.push(plan.map_err(|error| error.within(&descriptor.name))?);
    }
    let refused = behind(fleet, request, context).await?;
    let summary = Summary::of(&databases);
    databases.retain(|database| !database.exists || !database.migrations.is_empty());
    Ok(MigrationPlan { databases, summary, refused })
}

async fn of_database(
    fleet: &Fleet,
    descriptor: &Descriptor,
    limit: &Limit,
    context: &RunContext,
) -> Result<DatabasePlan, Error> {
    let target = fleet.configuration.target(&descriptor.name)?;
    let folder = Folder::read(descriptor, target.engine())?;
    let mut plan = DatabasePlan {
        database: descriptor.name.clone(),
        engine: target.engine(),
        place: target.describe(),
        exists: true,
        hint: None,
        migrations: Vec::new(),
    };
    match Session::open(target, Purpose::Look).await {
        Ok(session) => {
            let migrations = on_session(&session, descriptor, &folder, limit, context).await;
            session.close().await;
            plan.migrations = migrations?;
        }
        Err(missing @ ConnectError::Missing { .. }) => {
            plan.exists = false;
            plan.hint = Some(fleet.hint(&descriptor.name, &missing.into()));
            let versions = of_nothing(descriptor, &folder, limit)?;
            let mut run = Run::new(Live::default());
            plan.migrations =
                versions.iter().map(|version| migration(&folder, version, 0, &mut run, plan.engine)).collect();
        }
        Err(error) => return Err(error.into()),
    }
    Ok(plan)
}

async fn on_session(
    session: &Session,
    descriptor: &Descriptor,
    folder: &Folder,
    limit: &Limit,
    context: &RunContext,
) -> Result<Vec<PlannedMigration>, Error> {
    let executor = Executor { database: descriptor, folder, session, context };
    let looked = executor.look().await?;
    let pending = executor.pending(&looked.state, limit).await?;
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let failed = |error: DbErr| Error::from(MigrationError::engine(&session.place, &error));
    let mut run = Run::new(Live::read(session).await.map_err(failed)?);
    let broke_off = looked.state.versions(Standing::Partial);
    let mut migrations = Vec::new();
    for version in &pending {
        for table in old_tables(folder, version, &run, session.engine) {
            run.live().count(session, &table).await.map_err(failed)?;
        }
        // What ran before it broke off stands in the database already.
        let ran = if broke_off.contains(&version.as_str()) { executor.ran_before(version).await? } else { 0 };
        migrations.push(migration(folder, version, ran, &mut run, session.engine));
    }
    Ok(migrations)
}

/// The versions up to `limit` on a database that is not there.
fn of_nothing(descriptor: &Descriptor, folder: &Folder, limit: &Limit) -> Result<Vec<String>, Error> {
    let mut versions: Vec<String> = folder.migrations.iter().map(|one| one.version.clone()).collect();
    match limit {
        Limit::All => {}
        Limit::Count(count) => versions.truncate(*count),
        Limit::To(wanted) => {
            let is_wanted = |version: &String| version == wanted || version.split('_').next() == Some(wanted);
            let last = versions.iter().position(is_wanted).ok_or_else(|| MigrationError::NoSuchVersion {
                database: descriptor.name.clone(),
                version: wanted.clone(),
            })?;
            versions.truncate(last + 1);
        }
    }
    Ok(versions)
}

/// The first database outside of the request that has to be migrated before one of it.
async fn behind(fleet: &Fleet, request: &MigrateRequest, context: &RunContext) -> Result<Option<Error>, Error> {
    let asked = |name: &str| request.plan.databases.iter().any(|database| database.name == name);
    for database in &request.plan.databases {
        for before in fleet.catalog.plan_with_dependencies(std::slice::from_ref(&database.name))?.databases {
            if asked(&before.name) {
                continue;
            }
            let pending = pending_of(fleet, &before, context).await.map_err(|error| error.within(&before.name))?;
            if pending > 0 {
                let (database, dependency) = (database.name.clone(), before.name.clone());
                return Ok(Some(Error::Behind { database, dependency, pending }));
            }
        }
    }
    Ok(None)
}

async fn pending_of(fleet: &Fleet, descriptor: &Descriptor, context: &RunContext) -> Result<usize, Error> {
    let target = fleet.configuration.target(&descriptor.name)?;
    let folder = Folder::read(descriptor, target.engine())?;
    let session = match Session::open(target, Purpose::Look).await {
        Err(ConnectError::Missing { .. }) => return Ok(folder.migrations.len()),
        other => other?,
    };
    let looked = Executor { database: descriptor, folder: &folder, session: &session, context }.look().await;
    session.close().await;
    Ok(looked?.state.pending().len())
}
