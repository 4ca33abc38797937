//! A migration in Rust between migrations in SQL.

use atriz_db::{Engine, Session};
use atriz_testing::{TestFleet, both_engines, execute, number, texts};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::support::{NEXT, PARTS, failure, history, journal, thing, workspace, yes};

const VERSION: &str = "20260101000150_double_amounts";

struct Double;

impl MigrationName for Double {
    fn name(&self) -> &str {
        VERSION
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Double {
    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait elides it, and async_trait would bind a written one elsewhere"
    )]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        connection.execute_unprepared("UPDATE things SET amount = amount * 2").await?;
        // Fails where a test left something to stumble over.
        connection
            .execute_unprepared("INSERT INTO things SELECT id, code, amount FROM things WHERE code = 'stumble'")
            .await?;
        Ok(())
    }

    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait elides it, and async_trait would bind a written one elsewhere"
    )]
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("UPDATE things SET amount = amount / 2").await.map(drop)
    }
}

struct Panics;

impl MigrationName for Panics {
    fn name(&self) -> &str {
        NEXT
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Panics {
    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait elides it, and async_trait would bind a written one elsewhere"
    )]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DELETE FROM things").await?;
        panic!("a migration of the owner crate's");
    }
}

async fn amounts(session: &Session) -> Vec<String> {
    texts(&session.connection, "SELECT CAST(amount AS text) FROM things ORDER BY code").await
}

async fn fleet(
    engine: Engine,
    migrations: fn() -> Vec<Box<dyn MigrationTrait>>,
) -> (TestFleet, Session, atriz_testing::Workspace) {
    let workspace = workspace();
    let insert = format!("{};", thing(engine, 3).replace("INTO things", "INTO {app}things"));
    workspace.migration("core", "20260101000120_add_things", &insert, "DELETE FROM {app}things;");
    let database = workspace.descriptor("core").rust_migrations(migrations);
    let test = TestFleet::created(engine, vec![database]).await;
    let session = test.session("core").await;
    (test, session, workspace)
}

both_engines! {
    async fn it_runs_in_its_place_and_can_be_taken_back(engine) {
        let (test, session, _workspace) = fleet(engine, || vec![Box::new(Double)]).await;
        let reports = test.migrate_all().await;
        assert_eq!(reports[0].applied[2..], ["20260101000120_add_things", VERSION, PARTS]);
        assert_eq!(amounts(&session).await, ["6"]);
        assert!(journal(&session).await.contains(&"applied 20260101000150 up".to_owned()));
        test.fleet.rollback("core", &atriz_db::migrate::Limit::Count(2), &yes(), &test.context).await.unwrap();
        assert_eq!(amounts(&session).await, ["3"]);
    }

    async fn what_it_did_goes_with_its_failure(engine) {
        let (test, session, _workspace) = fleet(engine, || vec![Box::new(Double)]).await;
        test.migrate_to(&atriz_db::migrate::Limit::Count(3)).await.unwrap();
        execute(&session.connection, &thing(engine, 4).replace("thing 4", "stumble")).await.unwrap();
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.starts_with(VERSION), "{error}");
        assert_eq!(amounts(&session).await, ["4", "3"]);
        assert!(!history(&session).await.contains(&VERSION.to_owned()));
        assert_eq!(journal(&session).await.last().unwrap(), "failed 20260101000150 up");
        execute(&session.connection, "DELETE FROM things WHERE code = 'stumble'").await.unwrap();
        test.migrate_all().await;
        assert_eq!(amounts(&session).await, ["6"]);
    }

    async fn a_panic_is_a_failure_that_is_told(engine) {
        let (test, session, _workspace) = fleet(engine, || vec![Box::new(Panics)]).await;
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("broke off"), "{error}");
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 1);
        // The lock went with the task.
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("broke off"), "{error}");
    }
}
