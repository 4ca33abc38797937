//! A folder replayed on a scratch database.

use std::sync::Arc;

use atriz_db::migrate::Limit;
use atriz_db::progress::Silent;
use atriz_db::{Descriptor, MigrateRequest, Phase};

use super::DocsError;
use crate::introspect::{Schema, read};
use crate::scratch::{Scratch, Server};

/// The schema that all migrations of `database` make: on `server`, or on SQLite where none is given.
///
/// # Errors
///
/// [`DocsError`]; a folder that does not replay names the migration and the statement.
pub(crate) async fn replay(database: &Descriptor, server: Option<&Arc<Server>>) -> Result<Schema, DocsError> {
    let scratch = Scratch::create(database, server).await?;
    let request = MigrateRequest { plan: scratch.plan()?, limit: Limit::All };
    let reports = scratch.fleet().migrate(&request, &scratch.context(Arc::new(Silent))).await?;
    for report in reports {
        if let Phase::Failed { error, hint } = report.phase {
            return Err(DocsError::Replay { database: database.name.clone(), reason: error, hint });
        }
    }
    let session = scratch.session().await?;
    let schema = read(&session.connection).await;
    session.close().await;
    Ok(schema?)
}
