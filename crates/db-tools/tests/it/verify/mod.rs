//! Proving migrations.

mod good;
mod planted;
mod real;

use std::sync::Arc;

use atriz_db::progress::Silent;
use atriz_db::{Descriptor, Engine};
use atriz_db_tools::scratch::Server;
use atriz_db_tools::verify::{Verified, VerifyRequest, verify};
use atriz_testing::Workspace;

pub(crate) const SCHEMA: &str = "20260101000000_create_schemas";
pub(crate) const THINGS: &str = "20260101000100_create_things";
pub(crate) const NEXT: &str = "20260101000200_change_things";

const THINGS_UP: &str = "CREATE TABLE {app}things (
    id {int} NOT NULL CONSTRAINT pk_things PRIMARY KEY,
    code text NOT NULL CONSTRAINT uq_things_code UNIQUE,
    CONSTRAINT ck_things_code CHECK (length(code) > 0)
);
CREATE INDEX idx_things_code_id ON {app}things (code, id);";

/// A workspace whose database `core` has a schema and `things`.
pub(crate) fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.migration_only(Engine::Postgres, "core", SCHEMA, "CREATE SCHEMA app;", "DROP SCHEMA app;").migration(
        "core",
        THINGS,
        THINGS_UP,
        "DROP TABLE {app}things;",
    );
    workspace
}

/// Proves one database on one engine.
pub(crate) async fn proved(engine: Engine, database: Descriptor) -> Verified {
    let server = match engine {
        Engine::Postgres => Some(Server::of_tests().await.unwrap()),
        Engine::Sqlite => None,
    };
    let request = VerifyRequest {
        databases: vec![Arc::new(database)],
        engines: vec![engine],
        server,
        observer: Arc::new(Silent),
    };
    verify(request).await.unwrap().remove(0)
}

/// The one fault, as it is printed.
pub(crate) fn told(verified: &Verified) -> String {
    let faults: Vec<String> = verified.faults().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(!verified.is_good());
    faults[0].clone()
}
