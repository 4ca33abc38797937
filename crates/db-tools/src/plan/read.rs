//! Reading what is pending, without lock or change.

use atriz_db::migrate::{Body, Executor, Folder, Limit, MigrationError, Mode, RunContext, Standing, Statement};
use atriz_db::{ConnectError, Descriptor, Engine, Error, Failure, Fleet, MigrateRequest, Purpose, Session};
use sea_orm::DbErr;

use super::effect::{Blocks, Effect, effect_knowing};
use super::live::Live;
use super::name::Name;
use super::report::{DatabasePlan, Grouping, MigrationPlan, PlannedMigration, PlannedStatement, PlannedTable};
use super::run::Run;
use super::summary::Summary;

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
        databases.push(plan.map_err(|error| within(error, &descriptor.name))?);
    }
    let refused = behind(fleet, request, context).await?;
    let summary = Summary::of(&databases);
    databases.retain(|database| !database.exists || !database.migrations.is_empty());
    Ok(MigrationPlan { databases, summary, refused })
}

fn within(error: Error, database: &str) -> Error {
    Error::In { database: database.to_owned(), source: Box::new(error) }
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
        migrations: Vec::new(),
    };
    match Session::open(target, Purpose::Look).await {
        Ok(session) => {
            let migrations = on_session(&session, descriptor, &folder, limit, context).await;
            session.close().await;
            plan.migrations = migrations?;
        }
        Err(ConnectError::Missing { .. }) => {
            plan.exists = false;
            let versions = of_nothing(descriptor, &folder, limit)?;
            let mut run = Run::new(Live::default());
            plan.migrations =
                versions.iter().map(|version| migration(&folder, version, &mut run, plan.engine)).collect();
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
    let (_, state) = executor.look().await?;
    let pending = executor.pending(&state, limit)?;
    if pending.is_empty() {
        return Ok(Vec::new());
    }
    let failed = |error: DbErr| {
        let (place, message) = (session.place.clone(), Failure::of(&error).message);
        Error::from(MigrationError::Engine { place, message })
    };
    let mut run = Run::new(Live::read(session).await.map_err(failed)?);
    let mut migrations = Vec::new();
    for version in &pending {
        for table in old_tables(folder, version, &run, session.engine) {
            run.live().count(session, &table).await.map_err(failed)?;
        }
        migrations.push(migration(folder, version, &mut run, session.engine));
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
            let pending = pending_of(fleet, &before, context).await.map_err(|error| within(error, &before.name))?;
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
    Ok(looked?.1.count(Standing::Pending))
}

fn statements<'a>(folder: &'a Folder, version: &str) -> &'a [Statement] {
    match folder.get(version).map(|migration| &migration.body) {
        Some(Body::Sql { up, .. }) => &up.statements,
        _ => &[],
    }
}

/// The tables that a migration touches, by the names they have in the database before the run.
fn old_tables(folder: &Folder, version: &str, run: &Run, engine: Engine) -> Vec<Name> {
    let effects = statements(folder, version).iter().map(|statement| effect_knowing(statement, engine, run.known()));
    effects.flat_map(|effect| effect.tables()).filter_map(|table| run.before(&table)).collect()
}

fn migration(folder: &Folder, version: &str, run: &mut Run, engine: Engine) -> PlannedMigration {
    let grouping = match folder.get(version).map(|migration| &migration.body) {
        Some(Body::Sql { up, .. }) => match up.mode {
            Mode::Transaction => Grouping::Transaction,
            Mode::Alone => Grouping::Alone,
            Mode::Rebuild => Grouping::Rebuild,
        },
        _ => Grouping::Rust,
    };
    let statements = statements(folder, version).iter().enumerate();
    let statements = statements.map(|(index, statement)| planned(index, statement, run, engine)).collect();
    PlannedMigration { version: version.to_owned(), grouping, statements }
}

fn planned(index: usize, statement: &Statement, run: &mut Run, engine: Engine) -> PlannedStatement {
    let effect = effect_knowing(statement, engine, run.known());
    // Before anything is learnt: a table that the statement itself makes is new, one that it renames still has its rows.
    let tables: Vec<_> = effect.tables().iter().map(|table| planned_table(table, &effect, run)).collect();
    for change in &effect.changes {
        run.learn(change);
    }
    let blocks = match engine {
        Engine::Sqlite => Blocks::Writes,
        Engine::Postgres => {
            let held = tables.iter().filter(|table| !table.new).filter_map(|table| table.lock);
            held.map(|lock| lock.blocks()).max().unwrap_or_default()
        }
    };
    PlannedStatement {
        number: index + 1,
        line: statement.line,
        sql: statement.text.clone(),
        known: !effect.unknown,
        tables,
        blocks,
        scans: effect.scans,
        rewrites: effect.rewrites,
        changes_every_row: effect.changes_every_row,
        notes: effect.notes,
    }
}

fn planned_table(table: &Name, effect: &Effect, run: &Run) -> PlannedTable {
    let lock = effect.locks.iter().find(|lock| lock.table.is(table)).map(|lock| lock.level);
    let made = effect.changes.iter().any(|change| run.makes(change, table));
    PlannedTable { table: table.clone(), lock, new: made || run.is_new(table), rows: run.rows(table) }
}
