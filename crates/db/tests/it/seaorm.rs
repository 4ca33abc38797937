//! SeaORM's own interface over the same executor.

use atriz_db::{Engine, Session};
use atriz_testing::atriz_core::Migrator;
use atriz_testing::{TestFleet, both_engines, execute, number, texts};
use sea_orm::DatabaseConnection;
use sea_orm_migration::{MigrationStatus, MigrationTrait, MigratorTrait};

use crate::support::{history, journal, schema_dump};

/// A migrator of SeaORM's alone, to see what it makes of a database.
struct Plain;

impl MigratorTrait for Plain {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        Migrator::migrations()
    }
}

/// A migrator without migrations, whose `install` makes the history table.
struct Nothing;

impl MigratorTrait for Nothing {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        Vec::new()
    }
}

async fn connect(test: &TestFleet) -> (Session, DatabaseConnection) {
    let session = test.session("core").await;
    let connection = session.connection.clone();
    (session, connection)
}

/// The columns and keys of the history table.
async fn history_table(connection: &DatabaseConnection, engine: Engine) -> Vec<String> {
    let dump = schema_dump(connection, engine).await;
    let of_history = dump.into_iter().filter(|line| line.contains("seaql_migrations"));
    // Blank space is nobody's business, and rights are ours.
    let of_history = of_history.filter(|line| !line.contains("_owner"));
    of_history.map(|line| line.replace(['"', '\n', ' '], "").to_lowercase()).collect()
}

both_engines! {
    async fn up_and_down_do_what_the_fleet_does(engine) {
        let (by_fleet, by_seaorm) = tokio::join!(
            TestFleet::migrated(engine, vec![atriz_testing::atriz_core::descriptor()]),
            TestFleet::created(engine, vec![atriz_testing::atriz_core::descriptor()]),
        );
        let (session, connection) = connect(&by_seaorm).await;
        Migrator::up(&connection, Some(3)).await.unwrap();
        assert_eq!(history(&session).await.len(), 3);
        Migrator::up(&connection, None).await.unwrap();
        let other = by_fleet.session("core").await;
        let names = |dump: Vec<String>, test: &TestFleet| -> Vec<String> {
            let own = test.fleet.catalog.databases()[0].default_database.clone();
            dump.into_iter().map(|line| line.replace(&own, "DB")).collect()
        };
        let left = names(schema_dump(&session.connection, engine).await, &by_seaorm);
        let right = names(schema_dump(&other.connection, engine).await, &by_fleet);
        assert_eq!(left, right);
        assert_eq!(history(&session).await, history(&other).await);
        assert_eq!(journal(&session).await, journal(&other).await);
        Migrator::status(&connection).await.unwrap();
        Migrator::down(&connection, Some(1)).await.unwrap();
        assert_eq!(history(&session).await.len() + 1, history(&other).await.len());
    }

    async fn seaorm_sees_what_is_applied(engine) {
        let test = TestFleet::migrated(engine, vec![atriz_testing::atriz_core::descriptor()]).await;
        let (_session, connection) = connect(&test).await;
        let all = Plain::get_migration_with_status(&connection).await.unwrap();
        assert!(all.len() > 10 && all.iter().all(|one| one.status() == MigrationStatus::Applied));
        assert!(Plain::get_pending_migrations(&connection).await.unwrap().is_empty());
        let versions: Vec<_> = all.iter().map(|one| one.name().to_owned()).collect();
        assert_eq!(versions, texts(&connection, "SELECT version FROM seaql_migrations ORDER BY version").await);
    }

    async fn the_history_table_is_seaorms(engine) {
        let (ours, theirs) = tokio::join!(
            TestFleet::migrated(engine, vec![atriz_testing::atriz_core::descriptor()]),
            TestFleet::created(engine, vec![atriz_testing::atriz_core::descriptor()]),
        );
        let (_one, theirs) = connect(&theirs).await;
        Nothing::install(&theirs).await.unwrap();
        let (_other, ours) = connect(&ours).await;
        assert_eq!(history_table(&ours, engine).await, history_table(&theirs, engine).await);
    }

    async fn what_seaorm_migrated_is_taken_over(engine) {
        let test = TestFleet::migrated(engine, vec![atriz_testing::atriz_core::descriptor()]).await;
        let (session, connection) = connect(&test).await;
        let drop = ["migration_history", "database_identity"].map(|table| format!("DROP TABLE {table};"));
        execute(&connection, &drop.concat()).await.unwrap();
        execute(&connection, "DELETE FROM seaql_migrations WHERE version LIKE '20260101001100%'").await.unwrap();
        execute(&connection, "DROP TABLE sync_scopes").await.unwrap();
        assert_eq!(test.migrate_all().await[0].applied, ["20260101001100_create_sync_scopes"]);
        let journal = journal(&session).await;
        assert!(journal.iter().all(|line| line.contains(" 20260101001100 up")), "{journal:#?}");
        assert_eq!(journal.last().map(String::as_str), Some("applied 20260101001100 up"));
        assert_eq!(number(&connection, "SELECT count(*) FROM database_identity").await, 1);
    }

    async fn the_verbs_that_wipe_are_refused(engine) {
        let test = TestFleet::migrated(engine, vec![atriz_testing::atriz_core::descriptor()]).await;
        let (session, connection) = connect(&test).await;
        let before = schema_dump(&session.connection, engine).await;
        for error in [
            Migrator::fresh(&connection).await.unwrap_err(),
            Migrator::refresh(&connection).await.unwrap_err(),
            Migrator::reset(&connection).await.unwrap_err(),
            Migrator::uninstall(&connection).await.unwrap_err(),
        ] {
            let error = error.to_string();
            assert!(error.contains("is refused") && error.contains("hint: `cargo xtask db reset`"), "{error}");
        }
        assert_eq!(schema_dump(&session.connection, engine).await, before);
    }

    async fn down_loses_no_row_without_a_word(engine) {
        let test = TestFleet::migrated(engine, vec![atriz_testing::atriz_core::descriptor()]).await;
        let (session, connection) = connect(&test).await;
        let scope = match engine {
            Engine::Postgres => "INSERT INTO sync_scopes (scope_id, version, min_version) VALUES ('00000000-0000-0000-0000-000000000001', 1, 0)",
            Engine::Sqlite => "INSERT INTO sync_scopes (scope_id, version, min_version) VALUES (x'00000000000000000000000000000001', 1, 0)",
        };
        execute(&connection, scope).await.unwrap();
        let before = history(&session).await;
        let error = Migrator::down(&connection, None).await.unwrap_err().to_string();
        assert!(error.contains("would lose 1 row in 1 table of core") && error.contains("cargo xtask db rollback"), "{error}");
        assert_eq!(history(&session).await, before);
        assert_eq!(number(&connection, "SELECT count(*) FROM sync_scopes").await, 1);
    }

    async fn down_leaves_a_foreign_database_alone(engine) {
        let test = TestFleet::created(engine, vec![atriz_testing::atriz_core::descriptor()]).await;
        let (session, connection) = connect(&test).await;
        execute(&connection, "CREATE TABLE customers (a integer)").await.unwrap();
        let before = schema_dump(&session.connection, engine).await;
        assert!(Migrator::down(&connection, None).await.unwrap_err().to_string().contains("did not make"));
        assert!(Migrator::up(&connection, None).await.is_err());
        assert_eq!(schema_dump(&session.connection, engine).await, before);
    }
}

#[test]
fn a_callers_open_write_transaction_is_reported_and_not_waited_for_forever() {
    atriz_testing::run(Engine::Sqlite, "seaorm::busy", async |engine| {
        let test = TestFleet::created(engine, vec![atriz_testing::atriz_core::descriptor()]).await;
        let (session, connection) = connect(&test).await;
        let transaction = session.begin().await.unwrap();
        execute(&transaction, "CREATE TABLE mine (a integer)").await.unwrap();
        let error = Migrator::up(&connection, None).await.unwrap_err().to_string();
        assert!(error.contains("database is locked"), "{error}");
        transaction.rollback().await.unwrap();
        Migrator::up(&connection, None).await.unwrap();
    });
}
