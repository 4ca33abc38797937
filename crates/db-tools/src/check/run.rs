//! All databases and both engines at once.

use std::sync::Arc;
use std::time::Instant;

use atriz_db::{Configuration, Descriptor, Engine, Environment, Target};
use futures_util::future::try_join_all;
use sea_orm::sqlx::postgres::PgConnectOptions;

use super::compare::Known;
use super::mend::Side;
use super::{CheckError, Checked, Phases, Report, declared, new_tables, replay, rules};
use crate::introspect::Schema;
use crate::logical::{Logical, from_entities, from_schema};
use crate::scratch::Server;

/// What to check.
#[derive(Clone)]
pub struct CheckRequest {
    /// Which databases. Each stands alone: those it comes after are not needed.
    pub databases: Vec<Arc<Descriptor>>,
    /// Which folders. With one alone it is held against the entities only.
    pub engines: Vec<Engine>,
    /// The server for PostgreSQL; where none is given, that of [`Server::open_beside`].
    pub server: Option<Arc<Server>>,
    /// Where databases are configured to be: their server is taken for scratch databases, unless it is production's.
    pub configuration: Option<Configuration>,
}

/// Checks all databases of `request`. The phases say where the time went.
///
/// # Errors
///
/// [`CheckError`] where a folder does not replay, an entity says what cannot be, or there is no server.
pub async fn check(request: &CheckRequest) -> Result<(Report, Phases), CheckError> {
    let mut phases = Phases::default();
    let started = Instant::now();
    let mut server = request.server.clone();
    if server.is_none() && request.engines.contains(&Engine::Postgres) {
        server = Some(Server::open_beside(configured(request.configuration.as_ref())).await?);
    }
    phases.server = started.elapsed();
    let replays = request.databases.iter().flat_map(|database| {
        let server = server.as_ref();
        request.engines.iter().map(move |engine| replay(database, server.filter(|_| *engine == Engine::Postgres)))
    });
    let replayed = try_join_all(replays).await?;
    for (_, own) in &replayed {
        phases.create = phases.create.max(own.create);
        phases.replay = phases.replay.max(own.replay);
        phases.read = phases.read.max(own.read);
    }
    let started = Instant::now();
    let schemas: Vec<Schema> = replayed.into_iter().map(|(schema, _)| schema).collect();
    let each = request.databases.iter().zip(schemas.chunks(request.engines.len().max(1)));
    let databases = each.map(|(database, schemas)| compare(database, schemas)).collect::<Result<_, _>>()?;
    phases.compare = started.elapsed();
    Ok((Report { databases }, phases))
}

/// The login of the server that databases are made on.
pub(super) fn configured(configuration: Option<&Configuration>) -> Option<&PgConnectOptions> {
    let configuration = configuration.filter(|found| found.environment != Environment::Production)?;
    configuration.targets.values().find_map(|target| match target {
        Target::Postgres(target) => target.server.as_ref(),
        Target::Sqlite(_) => None,
    })
}

/// Holds the schemas that the folders of one database make against each other and its entities. With the schema of one
/// engine alone, that is held against the entities.
///
/// # Errors
///
/// [`CheckError`] where an entity says what cannot be, or the declared differences cannot be read.
pub fn compare(database: &Descriptor, schemas: &[Schema]) -> Result<Checked, CheckError> {
    let entities =
        from_entities(database).map_err(|error| CheckError::Entities { database: database.name.clone(), error })?;
    let logicals: Vec<_> = schemas.iter().map(from_schema).collect();
    let of = |engine: Engine| schemas.iter().zip(&logicals).find(|(schema, _)| schema.engine == engine);
    // SQLite takes a foreign key to a table that is not there yet.
    let new_tables = of(Engine::Postgres).map_or_else(Vec::new, |(_, postgres)| {
        let others: Vec<&Logical> =
            of(Engine::Sqlite).map(|(_, sqlite)| sqlite).into_iter().chain([&entities]).collect();
        new_tables::order(postgres, &others)
    });
    let side = |engine: Engine, new_tables| of(engine).map(|(schema, logical)| Side { schema, logical, new_tables });
    let declared = declared::declared(&database.migrations)?;
    let known = Known {
        database: &database.name,
        entities: &entities,
        postgres: side(Engine::Postgres, &new_tables),
        sqlite: side(Engine::Sqlite, &[]),
        schemas: &database.schemas,
        declared: &declared,
    };
    let mut drafts = known.findings();
    rules::add(&known, &mut drafts);
    let findings = declared::settle(&database.name, &database.migrations, &declared, schemas.len() > 1, drafts);
    let tables = logicals.iter().map(|logical| logical.tables.len()).max().unwrap_or(0);
    Ok(Checked { database: database.name.clone(), tables, declared: declared.len(), findings })
}
