//! What the migrations make that a database has behind it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use atriz_db::migrate::{Folder, FolderError, Limit, Migration, MigrationSource};
use atriz_db::progress::Silent;
use atriz_db::{Descriptor, Engine, MigrateRequest, Phase};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, Statement};

use super::LiveError;
use crate::introspect::{IntrospectError, Schema, read};
use crate::scratch::{Scratch, Server};

/// A schema as a scratch database has it.
pub(super) struct Replayed {
    pub(super) schema: Schema,
    /// SQLite's own statements by the name of what they make.
    pub(super) statements: BTreeMap<String, String>,
    /// The version of the server.
    pub(super) version: Option<String>,
}

/// Some migrations of a folder.
#[derive(Debug)]
struct Part {
    label: String,
    migrations: Vec<Migration>,
}

impl MigrationSource for Part {
    fn label(&self) -> &str {
        &self.label
    }

    fn migrations(&self, _engine: Engine) -> Result<Vec<Migration>, FolderError> {
        Ok(self.migrations.clone())
    }
}

/// Replays these versions of the folder.
pub(super) async fn replay(
    database: &Descriptor,
    folder: &Folder,
    versions: &HashSet<&str>,
    server: Option<&Arc<Server>>,
) -> Result<Replayed, LiveError> {
    let applied = folder.migrations.iter().filter(|one| versions.contains(one.version.as_str())).cloned();
    let source = Part { label: folder.label.clone(), migrations: applied.collect() };
    let none = source.migrations.is_empty();
    let scratch = Scratch::create(&database.clone().source(Arc::new(source)), server).await?;
    if !none {
        let request = MigrateRequest { plan: scratch.plan()?, limit: Limit::All };
        for report in scratch.fleet().migrate(&request, &scratch.context(Arc::new(Silent))).await? {
            if let Phase::Failed { error, hint } = report.phase {
                return Err(LiveError::Replay { database: database.name.clone(), reason: error, hint });
            }
        }
    }
    let session = scratch.session().await?;
    let read = async {
        let schema = read(&session.connection).await?;
        let statements = statements(&session.connection, schema.engine).await?;
        Ok::<_, IntrospectError>(Replayed { schema, statements, version: version(&session.connection).await? })
    }
    .await;
    session.close().await;
    Ok(read?)
}

/// The server's version, `17`; nothing on SQLite, whose library is the same for both sides.
pub(super) async fn version(connection: &DatabaseConnection) -> Result<Option<String>, IntrospectError> {
    let backend = connection.get_database_backend();
    if backend != Engine::Postgres.backend() {
        return Ok(None);
    }
    let query = Statement::from_string(backend, "SELECT current_setting('server_version_num') AS version");
    let row = connection.query_one_raw(query).await.map_err(|error| failed(&error))?;
    let number: Option<String> =
        row.map(|row| row.try_get("", "version")).transpose().map_err(|error| failed(&error))?;
    Ok(number.map(|number| number.chars().take(2).collect()))
}

async fn statements(
    connection: &DatabaseConnection,
    engine: Engine,
) -> Result<BTreeMap<String, String>, IntrospectError> {
    if engine == Engine::Postgres {
        return Ok(BTreeMap::new());
    }
    let query = Statement::from_string(engine.backend(), "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL");
    let rows = connection.query_all_raw(query).await.map_err(|error| failed(&error))?;
    let pair = |row: &sea_orm::QueryResult| Ok((row.try_get("", "name")?, row.try_get("", "sql")?));
    rows.iter().map(pair).collect::<Result<_, DbErr>>().map_err(|error| failed(&error))
}

fn failed(error: &DbErr) -> IntrospectError {
    IntrospectError::Engine { what: "statements", reason: error.to_string() }
}
