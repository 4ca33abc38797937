//! Whether a database is the right one and has what this program counts on: asked at the start, and by `/health/ready`.

use std::sync::Arc;

use async_trait::async_trait;
use atriz_db::migrate::{Folder, Standing, State};
use atriz_db::{Database, Descriptor, Engine, Environment, Failure, Identity, IdentityError, Snapshot};
use atriz_web::{Readiness, ReadinessProbe};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::json;

use crate::error::AppError;

/// Looks at one database through the pool that the app serves from.
pub(crate) struct Examiner {
    descriptor: Arc<Descriptor>,
    database: Database,
    environment: Environment,
    /// Read once: what this program counts on does not change while it runs.
    folder: Folder,
}

/// What a look at a database found.
pub(crate) struct Examined<'a> {
    examiner: &'a Examiner,
    identity: Option<Identity>,
    pending: Vec<String>,
    /// Migrations that this program does not know: a newer one has been here, which is right during a roll-out.
    ahead: Vec<String>,
    /// The schemas that names are looked up in; nothing on SQLite, which has none.
    schemas: Option<Vec<String>>,
}

impl Examiner {
    pub(crate) fn new(
        descriptor: Arc<Descriptor>,
        database: Database,
        environment: Environment,
    ) -> Result<Self, atriz_db::Error> {
        let folder = Folder::read(&descriptor, database.engine())?;
        Ok(Self { descriptor, database, environment, folder })
    }

    /// Looks, or says that the database does not answer.
    pub(crate) async fn examine(&self) -> Result<Examined<'_>, atriz_db::Error> {
        let unreachable = |error: DbErr| atriz_db::ConnectError::Unreachable {
            place: self.database.place().to_owned(),
            reason: Failure::of(&error).message,
        };
        Ok(self.look().await.map_err(unreachable)?)
    }

    async fn look(&self) -> Result<Examined<'_>, DbErr> {
        let (engine, connection) = (self.database.engine(), self.database.read());
        let schemas = match engine {
            Engine::Postgres => Some(current_schemas(connection).await?),
            Engine::Sqlite => None,
        };
        let snapshot = Snapshot::read_as_app(connection, engine).await?;
        let state = State::of(&self.folder, &snapshot);
        let pending = state.versions(Standing::Pending).into_iter().map(str::to_owned).collect();
        let ahead = state.versions(Standing::Unknown).into_iter().map(str::to_owned).collect();
        Ok(Examined { examiner: self, identity: snapshot.identity, pending, ahead, schemas })
    }
}

/// Reaches the server, and tells which schemas a name without one is looked up in.
async fn current_schemas(connection: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    const QUERY: &str = "SELECT s::text AS name FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) AS s";
    let rows = connection.query_all_raw(Statement::from_string(Engine::Postgres.backend(), QUERY)).await?;
    rows.iter().map(|row| row.try_get("", "name")).collect()
}

impl Examined<'_> {
    /// Refuses a database that this program must not serve from; `package` is the program.
    pub(crate) fn check(&self, package: &'static str) -> Result<(), AppError> {
        let database = self.examiner.descriptor.name.clone();
        let Some(identity) = &self.identity else { return Err(AppError::Unmarked { database, package }) };
        self.check_identity(identity).map_err(atriz_db::Error::from)?;
        if let Some(first) = self.pending.first().cloned() {
            return Err(AppError::Pending { database, pending: self.pending.len(), first, package });
        }
        match self.unexpected_schemas() {
            Some((found, expected)) => Err(AppError::Schemas { database, found, expected }),
            None => Ok(()),
        }
    }

    /// Tells the log of migrations that this program does not know. It serves all the same: the structure is made so that
    /// the release before can use it, too.
    pub(crate) fn warn_if_ahead(&self) {
        if !self.ahead.is_empty() {
            let (database, versions) = (&self.examiner.descriptor.name, self.ahead.join(", "));
            tracing::warn!(
                database,
                versions,
                "a newer program has migrated the database; this one serves, not migrates"
            );
        }
    }

    fn check_identity(&self, identity: &Identity) -> Result<(), IdentityError> {
        let Examiner { descriptor, environment, database, .. } = self.examiner;
        identity.check(&descriptor.name, *environment, database.place())
    }

    /// The schemas there are and those that are expected, where the two differ.
    fn unexpected_schemas(&self) -> Option<(String, String)> {
        let found = self.schemas.as_ref()?;
        let expected = self.examiner.descriptor.search_path();
        (*found != expected).then(|| (found.join(", "), expected.join(", ")))
    }

    /// The same for everybody to read, which is why no place is named.
    fn readiness(&self) -> Readiness {
        let details = json!({
            "engine": self.examiner.database.engine(),
            "pending": self.pending.len(),
            "ahead": self.ahead.len(),
            "schemas": self.schemas,
        });
        let readiness = match &self.identity {
            None => Readiness::failed("it was never migrated"),
            Some(identity) if self.check_identity(identity).is_err() => {
                Readiness::failed("it is marked as another database or another environment")
            }
            Some(_) if !self.pending.is_empty() => Readiness::failed("it has pending migrations"),
            Some(_) if self.unexpected_schemas().is_some() => Readiness::failed("search_path is not as expected"),
            Some(_) if !self.ahead.is_empty() => {
                Readiness::ok().with_message("a newer program has migrated it; this one still serves")
            }
            Some(_) => Readiness::ok(),
        };
        readiness.with_details(details)
    }
}

/// Asks an [`Examiner`] whenever `/health/ready` is asked.
pub(crate) struct Probe(Examiner);

impl Probe {
    pub(crate) fn new(examiner: Examiner) -> Self {
        Self(examiner)
    }
}

#[async_trait]
impl ReadinessProbe for Probe {
    fn name(&self) -> &str {
        &self.0.descriptor.name
    }

    async fn check(&self) -> Readiness {
        match self.0.look().await {
            Ok(examined) => examined.readiness(),
            Err(error) => {
                tracing::warn!(database = self.0.descriptor.name, error = %error, "the database does not answer");
                Readiness::failed("it does not answer")
            }
        }
    }
}
