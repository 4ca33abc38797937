//! Generating migrations from entities: each change is written, run and taken back on both engines.

mod aside;
mod by_hand;
mod changes;
mod decide;
mod entity;
mod linted;
mod others;
mod partitions;
mod policies;
mod refused;
mod rights;
mod rows;
mod text;
mod views;

use std::path::PathBuf;
use std::sync::Arc;

use atriz_db::migrate::Limit;
use atriz_db::{Descriptor, Engine};
use atriz_db_tools::generate::{GenerateError, GenerateRequest, Generated, Keep, generate};
use atriz_db_tools::introspect::{Schema, difference, read};
use atriz_db_tools::logical::Logical;
use atriz_db_tools::scratch::Server;
use atriz_kernel::Clock as _;
use atriz_testing::{FixedClock, TestFleet, Workspace};

pub(crate) use entity::{Entities, Entity};

pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root().join("migrations/core")
}

/// The database of a workspace, with a role that reads what migrations let it read.
pub(crate) fn database(workspace: &Workspace) -> Descriptor {
    workspace.descriptor("core").reader_role("verifier")
}

pub(crate) async fn tried(workspace: &Workspace, wanted: Logical, name: &str) -> Result<Generated, GenerateError> {
    tried_keeping(workspace, wanted, name, Keep::default()).await
}

pub(crate) async fn tried_keeping(
    workspace: &Workspace,
    wanted: Logical,
    name: &str,
    keep: Keep,
) -> Result<Generated, GenerateError> {
    tried_on(workspace, database(workspace), wanted, name, keep).await
}

pub(crate) async fn tried_on(
    workspace: &Workspace,
    database: Descriptor,
    wanted: Logical,
    name: &str,
    keep: Keep,
) -> Result<Generated, GenerateError> {
    let request = GenerateRequest {
        database: Arc::new(database),
        wanted,
        keep,
        folder: folder(workspace),
        name: name.to_owned(),
        server: Some(Server::of_tests().await.unwrap()),
        now: FixedClock::new().now(),
    };
    Box::pin(generate(request)).await
}

/// Generates and writes.
pub(crate) async fn generated(workspace: &Workspace, wanted: Logical, name: &str) -> Generated {
    let generated = tried(workspace, wanted, name).await.unwrap_or_else(|error| panic!("{error}"));
    generated.write().unwrap();
    generated
}

/// All files as one text.
pub(crate) fn text(generated: &Generated) -> String {
    let files = generated.files.iter().map(|file| format!("==== {}\n{}", file.path, file.text));
    let notes = generated.notes.iter().map(|note| format!("note: {note}\n"));
    notes.chain(files).collect()
}

async fn schema(test: &TestFleet) -> Schema {
    let session = test.session("core").await;
    let schema = read(&session.connection).await.unwrap();
    session.close().await;
    schema
}

/// A database of the first entities, one row in each table where `rows` says how, then the change: there, back, there, and
/// a crash behind each statement on the way.
pub(crate) async fn round_trip(before: Entities, after: Entities, rows: &str) -> Generated {
    let workspace = Workspace::new();
    generated(&workspace, before.logical(), "create_all").await;
    let change = changed(&workspace, after, rows).await;
    // A server needs seconds for each change, which is for `cargo xtask test --deep`.
    let deep = std::env::var_os("TEST_DEEP").is_some();
    for engine in Engine::ALL.into_iter().filter(|engine| deep || *engine == Engine::Sqlite) {
        let verified = crate::verify::proved(engine, database(&workspace)).await;
        assert!(verified.is_good(), "{verified}\n{:#?}", verified.faults().collect::<Vec<_>>());
    }
    change
}

/// As [`round_trip`], with a folder that is there.
pub(crate) async fn changed(workspace: &Workspace, after: Entities, rows: &str) -> Generated {
    let mut fleets = Vec::new();
    for engine in Engine::ALL {
        let test = TestFleet::migrated(engine, vec![database(workspace)]).await;
        let session = test.session("core").await;
        let rows = atriz_testing::for_engine(engine, rows);
        for statement in rows.split(';').filter(|statement| !statement.trim().is_empty()) {
            atriz_testing::execute(&session.connection, statement).await.unwrap();
        }
        session.close().await;
        fleets.push(test);
    }
    let change = generated(workspace, after.logical(), "change_all").await;
    assert!(!change.files.is_empty());
    for test in &fleets {
        there_and_back(test, change.files.len() / 4).await;
    }
    // Nothing is left to do.
    let again = tried(workspace, after.logical(), "again").await.unwrap();
    assert!(again.files.is_empty(), "{}", text(&again));
    change
}

async fn there_and_back(test: &TestFleet, count: usize) {
    let before = schema(test).await;
    let applied = test.migrate_all().await[0].applied.clone();
    assert_eq!(applied.len(), count, "{applied:?}");
    let after = schema(test).await;
    let consent = atriz_db::Consent { yes: true, ..Default::default() };
    test.fleet.rollback("core", &Limit::Count(count), &consent, &test.context).await.unwrap();
    let back = difference(&before, &schema(test).await);
    assert!(back.is_empty(), "{back:#?}");
    test.migrate_all().await;
    let again = difference(&after, &schema(test).await);
    assert!(again.is_empty(), "{again:#?}");
}
