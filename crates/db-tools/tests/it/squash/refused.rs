//! What is not squashed, and why.

use atriz_db::Engine;
use atriz_db::migrate::Limit;
use atriz_db::private::sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};
use atriz_db_tools::squash::{SquashError, check_standing, versions};
use atriz_testing::{TestFleet, both_engines};

use super::shop::{CHANGE, EVENTS, LATER, SCHEMA, THINGS, workspace};
use super::{names, squash_to, squashed};

struct Computed;

impl MigrationName for Computed {
    fn name(&self) -> &'static str {
        "20260101000150_compute"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Computed {
    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait elides it, and async_trait would bind a written one elsewhere"
    )]
    async fn up(&self, _: &SchemaManager) -> Result<(), sea_orm::DbErr> {
        Ok(())
    }
}

#[test]
fn ranges_that_make_no_sense() {
    let workspace = workspace();
    let database = workspace.descriptor("core");
    let error = versions(&database, "20269999").unwrap_err();
    assert_eq!(error.to_string(), "core: there is no migration `20269999`");
    assert!(error.hint().contains(LATER), "{}", error.hint());
    let error = versions(&database, SCHEMA).unwrap_err();
    assert!(matches!(error, SquashError::TooFew { .. }), "{error}");
    assert_eq!(versions(&database, "20260101000100").unwrap(), [SCHEMA, THINGS]);
}

#[test]
fn a_migration_in_rust_is_named() {
    let workspace = workspace();
    let mut database = workspace.descriptor("core");
    database.rust_migrations = || vec![Box::new(Computed)];
    let error = versions(&database, EVENTS).unwrap_err();
    assert!(matches!(&error, SquashError::Rust { version, .. } if version == "20260101000150_compute"), "{error}");
    assert_eq!(error.hint(), format!("stop before it: `cargo xtask db squash core --to {THINGS}`"));
    assert!(versions(&database, THINGS).is_ok());
}

#[test]
fn what_stands_in_no_schema_is_named() {
    for (engine, sql) in [(Engine::Sqlite, "PRAGMA user_version = 7;"), (Engine::Postgres, "CREATE ROLE reader;")] {
        let workspace = workspace();
        workspace.migration_only(engine, "core", "20260101000150_beside", sql, "SELECT 1;");
        let error = versions(&workspace.descriptor("core"), EVENTS).unwrap_err();
        assert!(error.to_string().contains("20260101000150_beside.up.sql, line 2: what this does"), "{error}");
    }
}

#[tokio::test]
async fn a_checkpoint_that_does_not_stand_its_proof_changes_nothing() {
    let workspace = workspace();
    // Its way back leaves a table.
    workspace.migration(
        "core",
        "20260101000150_leave",
        "CREATE TABLE {app}stays (a {int});",
        "DROP TABLE IF EXISTS {app}other;",
    );
    let before = names(&workspace, Engine::Sqlite);
    let error = squashed(&workspace, CHANGE).await.unwrap_err();
    assert!(matches!(error, SquashError::Unproved { .. }), "{error}");
    assert_eq!(names(&workspace, Engine::Sqlite), before);
}

#[tokio::test]
async fn a_checkpoint_cannot_take_the_name_of_another() {
    let workspace = workspace();
    squash_to(&workspace, THINGS).await;
    workspace.migration("core", "20260101000050_late", "SELECT 1;", "SELECT 1;");
    let error = versions(&workspace.descriptor("core"), THINGS.split('_').next().unwrap()).unwrap_err();
    assert!(matches!(error, SquashError::SameName { .. }), "{error}");
}

#[tokio::test]
async fn a_way_back_that_is_closed_stays_closed() {
    let workspace = workspace();
    workspace.migration("core", "20260101000150_close", "SELECT 1;", "-- atriz: irreversible \"the \"old\" is gone\"");
    let squashed = squashed(&workspace, EVENTS).await.unwrap();
    for engine in Engine::ALL {
        let down = super::text(&squashed, engine, "down");
        assert_eq!(down, "-- atriz: irreversible \"20260101000150_close: the \"old\" is gone\"\n");
    }
}

both_engines! {
    async fn a_database_in_the_middle_is_named(engine) {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let versions = versions(&workspace.descriptor("core"), CHANGE).unwrap();
        let standing = || check_standing(&test.fleet, "core", &versions, &test.context);
        assert_eq!(standing().await.unwrap(), None);
        test.migrate_to(&Limit::To(EVENTS.to_owned())).await.unwrap();
        let error = standing().await.unwrap_err();
        assert!(error.to_string().contains("has 3 of the 6 migrations"), "{error}");
        assert_eq!(error.hint(), format!("first run `cargo xtask db migrate core --to {CHANGE}`"));
        test.migrate_to(&Limit::To(CHANGE.to_owned())).await.unwrap();
        assert_eq!(standing().await.unwrap(), None);
        let missing = TestFleet::new(engine, vec![workspace.descriptor("core")]);
        assert!(check_standing(&missing.fleet, "core", &versions, &missing.context).await.unwrap().is_some());
    }
}
