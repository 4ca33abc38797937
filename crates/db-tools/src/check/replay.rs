//! Runs a folder on an empty database, and reads what it made.

use std::sync::Arc;
use std::time::Instant;

use atriz_db::migrate::Limit;
use atriz_db::progress::Silent;
use atriz_db::{Descriptor, Engine, MigrateRequest, Phase};

use super::{CheckError, Phases};
use crate::introspect::{Schema, read};
use crate::scratch::{Scratch, Server};

/// The schema that the folder of `database` makes: on `server`, or on SQLite where none is given.
///
/// # Errors
///
/// [`CheckError::Replay`] names the file and the statement that do not run.
pub async fn replay(database: &Descriptor, server: Option<&Arc<Server>>) -> Result<(Schema, Phases), CheckError> {
    let started = Instant::now();
    let scratch = Scratch::create(database, server).await?;
    let create = started.elapsed();
    let started = Instant::now();
    migrate(&scratch, database).await?;
    let replay = started.elapsed();
    let started = Instant::now();
    let session = scratch.session().await?;
    let schema = read(&session.connection).await;
    session.close().await;
    Ok((schema?, Phases { create, replay, read: started.elapsed(), ..Phases::default() }))
}

async fn migrate(scratch: &Scratch, database: &Descriptor) -> Result<(), CheckError> {
    let request = MigrateRequest { plan: scratch.plan()?, limit: Limit::All };
    let refused =
        |engine: Engine, reason: String| CheckError::Replay { database: database.name.clone(), engine, reason };
    let reports = scratch.fleet().migrate(&request, &scratch.context(Arc::new(Silent))).await?;
    for report in reports {
        if let Phase::Failed { error, .. } = report.phase {
            return Err(refused(scratch.engine(), error));
        }
    }
    Ok(())
}
