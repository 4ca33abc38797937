//! Reading schemas.

mod difference;
mod features;
mod names;
mod size;

use atriz_db::Engine;
use atriz_db_tools::introspect::{Schema, read};
use atriz_db_tools::scratch::{Scratch, Server};
use atriz_testing::{Workspace, execute};

/// An empty scratch database.
pub(crate) async fn scratch(engine: Engine) -> Scratch {
    let workspace = Workspace::new();
    let server = match engine {
        Engine::Postgres => Some(Server::of_tests().await.unwrap()),
        Engine::Sqlite => None,
    };
    Scratch::create(&workspace.descriptor("core"), server.as_ref()).await.unwrap()
}

/// The schema that this SQL makes in an empty database.
pub(crate) async fn schema_of(engine: Engine, sql: &str) -> Schema {
    let scratch = scratch(engine).await;
    let session = scratch.session().await.unwrap();
    execute(&session.connection, sql).await.unwrap();
    let schema = read(&session.connection).await.unwrap();
    session.close().await;
    schema
}
