//! SeaORM's `MigratorTrait` over the one executor.
//!
//! Each owner crate makes its `Migrator` with [`crate::migrator!`], so that SeaORM's API, `X-api migrate` and
//! `cargo xtask db migrate` do the same thing.

use std::sync::Arc;

use atriz_kernel::SystemClock;
use sea_orm::{DatabaseConnection, DatabaseExecutor, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager};

use super::context::RunContext;
use super::executor::{Executor, Limit, Outcome};
use super::folder::Folder;
use super::state::{Standing, State};
use crate::catalog::Descriptor;
use crate::connect::Session;
use crate::destructive::{Consent, DestructiveToken};
use crate::lock::MigrationLock;
use crate::tracking::Snapshot;
use crate::{Engine, Environment, FailureKind, MigrationError};

/// Implements `MigratorTrait` for a new type `$name` over the descriptor that `$descriptor` makes.
#[macro_export]
macro_rules! migrator {
    ($(#[$meta:meta])* $name:ident, $descriptor:path) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        #[$crate::private::sea_orm_migration::async_trait::async_trait]
        impl $crate::private::sea_orm_migration::MigratorTrait for $name {
            fn migrations() -> Vec<Box<dyn $crate::private::sea_orm_migration::MigrationTrait>> {
                $crate::migrate::listed(&$descriptor())
            }

            async fn up<'c, C>(db: C, steps: Option<u32>) -> Result<(), $crate::private::sea_orm::DbErr>
            where
                C: $crate::private::sea_orm_migration::IntoSchemaManagerConnection<'c>,
            {
                $crate::migrate::up(&$descriptor(), db.into_database_executor(), steps).await
            }

            async fn down<'c, C>(db: C, steps: Option<u32>) -> Result<(), $crate::private::sea_orm::DbErr>
            where
                C: $crate::private::sea_orm_migration::IntoSchemaManagerConnection<'c>,
            {
                $crate::migrate::down(&$descriptor(), db.into_database_executor(), steps).await
            }

            async fn status<C>(db: &C) -> Result<(), $crate::private::sea_orm::DbErr>
            where
                C: $crate::private::sea_orm::ConnectionTrait,
            {
                $crate::migrate::status(&$descriptor(), db).await
            }

            async fn fresh<'c, C>(_: C) -> Result<(), $crate::private::sea_orm::DbErr>
            where
                C: $crate::private::sea_orm_migration::IntoSchemaManagerConnection<'c>,
            {
                Err($crate::migrate::refuse("fresh"))
            }

            async fn refresh<'c, C>(_: C) -> Result<(), $crate::private::sea_orm::DbErr>
            where
                C: $crate::private::sea_orm_migration::IntoSchemaManagerConnection<'c>,
            {
                Err($crate::migrate::refuse("refresh"))
            }

            async fn reset<'c, C>(_: C) -> Result<(), $crate::private::sea_orm::DbErr>
            where
                C: $crate::private::sea_orm_migration::IntoSchemaManagerConnection<'c>,
            {
                Err($crate::migrate::refuse("reset"))
            }

            async fn uninstall<'c, C>(_: C) -> Result<(), $crate::private::sea_orm::DbErr>
            where
                C: $crate::private::sea_orm_migration::IntoSchemaManagerConnection<'c>,
            {
                Err($crate::migrate::refuse("uninstall"))
            }
        }
    };
}

/// A migration by name alone: what SeaORM lists. It is never run through SeaORM.
struct Listed {
    version: String,
}

impl MigrationName for Listed {
    fn name(&self) -> &str {
        &self.version
    }
}

#[sea_orm_migration::async_trait::async_trait]
impl MigrationTrait for Listed {
    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait elides it, and async_trait would bind a written one elsewhere"
    )]
    async fn up(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration(format!("`{}` runs through `Migrator::up` alone", self.version)))
    }
}

/// The migrations of a database as SeaORM lists them. A folder that is not in order lists nothing here, and is an error
/// with its reason in `up`, `down` and `status`.
pub fn listed(database: &Descriptor) -> Vec<Box<dyn MigrationTrait>> {
    let Ok(folder) = Folder::read(database, Engine::Postgres) else { return Vec::new() };
    let versions = folder.migrations.into_iter().map(|migration| migration.version);
    versions.map(|version| Box::new(Listed { version }) as Box<dyn MigrationTrait>).collect()
}

/// `MigratorTrait::up`.
///
/// # Errors
///
/// [`DbErr::Migration`] with the message and the hint of a [`MigrationError`].
pub async fn up(database: &Descriptor, executor: DatabaseExecutor<'_>, steps: Option<u32>) -> Result<(), DbErr> {
    let limit = limit(steps);
    let work = Work::begin(database, &executor).await.map_err(|error| translate(&error))?;
    let done = async {
        let looked = work.executor().look().await?;
        if work.executor().pending(&looked.state, &limit).await?.is_empty() && !looked.lacks_tracking() {
            return Ok(());
        }
        let lock = work.lock().await?;
        let done = work.up(&limit).await;
        lock.release().await;
        done
    }
    .await;
    work.session.close().await;
    done.map_err(|error| translate(&error))
}

/// `MigratorTrait::down`. There is nobody to ask, so what would lose rows is refused.
///
/// # Errors
///
/// As [`up`].
pub async fn down(database: &Descriptor, executor: DatabaseExecutor<'_>, steps: Option<u32>) -> Result<(), DbErr> {
    let limit = limit(steps);
    let work = Work::begin(database, &executor).await.map_err(|error| translate(&error))?;
    let done = async {
        let lock = work.lock().await?;
        let done = work.down(&limit).await;
        lock.release().await;
        done
    }
    .await;
    work.session.close().await;
    done.map_err(|error| translate(&error))
}

/// `MigratorTrait::status`: logs each migration, as SeaORM's does. Writes nothing.
///
/// # Errors
///
/// [`DbErr::Migration`] for a folder that is not in order, or what the engine says.
pub async fn status<C: sea_orm::ConnectionTrait>(database: &Descriptor, connection: &C) -> Result<(), DbErr> {
    let engine = Engine::of_backend(connection.get_database_backend())
        .ok_or_else(|| DbErr::Migration("Atriz runs on PostgreSQL and SQLite alone".to_owned()))?;
    let folder = Folder::read(database, engine).map_err(|error| translate(&error.into()))?;
    let snapshot = Snapshot::read(connection, engine).await?;
    for migration in State::of(&folder, &snapshot).migrations {
        let standing = match migration.standing {
            Standing::Pending => "Pending",
            Standing::Applied | Standing::Foreign => "Applied",
            odd => odd.words(),
        };
        tracing::info!("Migration '{}'... {standing}", migration.version);
    }
    Ok(())
}

/// What SeaORM's own `fresh`, `refresh`, `reset` and `uninstall` would do here: wipe whatever they are pointed at.
pub fn refuse(verb: &str) -> DbErr {
    DbErr::Migration(format!(
        "`Migrator::{verb}` is refused: it wipes whatever it is pointed at\n\nhint: `cargo xtask db reset` asks first, checks \
         the database's mark and refuses production"
    ))
}

fn limit(steps: Option<u32>) -> Limit {
    steps.map_or(Limit::All, |steps| Limit::Count(usize::try_from(steps).unwrap_or(usize::MAX)))
}

fn translate(error: &MigrationError) -> DbErr {
    DbErr::Migration(format!("{error}\n\nhint: {}", error.hint()))
}

/// A session of our own beside the caller's connection.
struct Work<'a> {
    database: &'a Descriptor,
    folder: Folder,
    session: Session,
    context: RunContext,
}

impl<'a> Work<'a> {
    async fn begin(database: &'a Descriptor, executor: &DatabaseExecutor<'_>) -> Result<Self, MigrationError> {
        let connection = connection_of(executor)?;
        let path: Vec<String> = database.search_path().into_iter().map(str::to_owned).collect();
        let session = Session::beside(connection, &path).await?;
        let folder = Folder::read(database, session.engine)?;
        let context = RunContext::silent(environment(&session).await, Arc::new(SystemClock));
        Ok(Self { database, folder, session, context })
    }

    fn executor(&self) -> Executor<'_> {
        Executor { database: self.database, folder: &self.folder, session: &self.session, context: &self.context }
    }

    async fn lock(&self) -> Result<MigrationLock, MigrationError> {
        let lock = MigrationLock::of(&self.session, &self.database.name, &self.context).await?;
        if self.session.engine == Engine::Postgres
            && let Err(error) = self.session.become_owner().await
        {
            lock.release().await;
            return Err(error.into());
        }
        Ok(lock)
    }

    async fn up(&self, limit: &Limit) -> Result<(), MigrationError> {
        let looked = self.executor().look().await?;
        self.executor().up(&looked, limit, &mut Outcome::default()).await
    }

    async fn down(&self, limit: &Limit) -> Result<(), MigrationError> {
        let executor = self.executor();
        let looked = executor.look().await?;
        let versions = executor.reverting(&looked.snapshot, limit)?;
        let loss = executor.loss_of(&versions).await?;
        let environments = [(self.context.environment, "the database says so".to_owned())];
        let token = DestructiveToken::for_rollback(&environments, loss, &Consent::default())?;
        executor.down(&looked, &versions, &mut Outcome::default(), &token).await
    }
}

/// Called through SeaORM there is no configuration: the database's own mark decides, then `APP_ENV`.
async fn environment(session: &Session) -> Environment {
    let marked = Snapshot::read(&session.connection, session.engine).await;
    let marked = marked.ok().and_then(|snapshot| snapshot.identity).map(|identity| identity.environment);
    marked.unwrap_or_else(|| {
        let word = std::env::var_os("APP_ENV").and_then(|word| word.into_string().ok()).unwrap_or_default();
        Environment::parse(&word).unwrap_or_default()
    })
}

fn connection_of<'a>(executor: &'a DatabaseExecutor<'_>) -> Result<&'a DatabaseConnection, MigrationError> {
    match executor {
        DatabaseExecutor::Connection(connection) => Ok(connection),
        _ => Err(MigrationError::Engine {
            kind: FailureKind::Other,
            place: "a transaction".to_owned(),
            message: "migrations open their own transactions; pass the connection".to_owned(),
            values: None,
        }),
    }
}
