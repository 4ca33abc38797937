//! Making and dropping where something is there already.

use atriz_db::{Environment, Error, Fleet, IdentityError, LifecycleError, Target};
use atriz_testing::{TestFleet, both_engines, execute, number, texts};
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::support::{NEXT, base, inner, thing, workspace, yes};

/// A connection to the maintenance database, or to the one of `core`.
async fn connect(test: &TestFleet, own: bool) -> PgConnection {
    let Target::Postgres(target) = test.target("core") else { unreachable!("the engine is PostgreSQL") };
    let database = if own { target.database.as_str() } else { "postgres" };
    target.server.clone().unwrap().database(database).connect().await.unwrap()
}

/// What `db create` would set on a database: rights, settings and roles, or the journal mode of a file.
async fn settings(test: &TestFleet) -> String {
    match test.target("core") {
        Target::Postgres(target) => {
            let sql = format!(
                "SELECT concat_ws(' ', (SELECT datacl::text FROM pg_database WHERE datname = '{0}'), \
                 (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = '{0}'), \
                 (SELECT count(*) FROM pg_roles WHERE rolname LIKE '{0}%'))",
                target.database
            );
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connect(test, false).await).await.unwrap()
        }
        Target::Sqlite(file) => {
            let mut connection = SqliteConnectOptions::new().filename(&file.path).connect().await.unwrap();
            let mode = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut connection).await.unwrap();
            connection.close().await.unwrap();
            mode
        }
    }
}

/// A database at the place of `core` with a table that none of our migrations made.
async fn make_foreign(test: &TestFleet) {
    const TABLE: &str = "CREATE TABLE customers (a integer)";
    match test.target("core") {
        Target::Postgres(target) => {
            let sql = format!("CREATE DATABASE \"{}\"", target.database);
            connect(test, false).await.execute(AssertSqlSafe(sql)).await.unwrap();
            connect(test, true).await.execute(TABLE).await.unwrap();
        }
        Target::Sqlite(file) => {
            let options = SqliteConnectOptions::new().filename(&file.path).create_if_missing(true);
            let mut connection = options.connect().await.unwrap();
            connection.execute(TABLE).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

both_engines! {
    async fn somebody_elses_database_is_not_touched(engine) {
        let workspace = workspace();
        base(&workspace, "shop");
        let test = TestFleet::new(engine, vec![workspace.descriptor("core"), workspace.descriptor("shop")]);
        make_foreign(&test).await;
        let before = settings(&test).await;
        let error = inner(test.fleet.create(&test.plan(), &test.context).await.unwrap_err());
        assert!(matches!(error, Error::Identity(IdentityError::Foreign { .. })), "{error}");
        assert_eq!(settings(&test).await, before);
        // Nothing is made beside it either.
        let shop = test.fleet.status(&test.plan_of(&["shop"]), &test.context).await.unwrap();
        assert!(shop[0].error.as_ref().unwrap().contains("does not exist"), "{shop:#?}");
    }

    async fn another_database_of_ours_is_not_made_over(engine) {
        let workspace = workspace();
        base(&workspace, "shop");
        let mut test = TestFleet::migrated(engine, vec![workspace.descriptor("core"), workspace.descriptor("shop")]).await;
        let shop = test.target("shop").clone();
        test.fleet.configuration.targets.insert("core".into(), shop);
        let error = inner(test.fleet.create(&test.plan_of(&["core"]), &test.context).await.unwrap_err());
        assert!(matches!(error, Error::Identity(IdentityError::Name { .. })), "{error}");
    }

    async fn another_environments_database_is_not_made_over(engine) {
        let workspace = workspace();
        let mut test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        test.context.environment = Environment::Production;
        let error = inner(test.fleet.create(&test.plan(), &test.context).await.unwrap_err());
        assert!(matches!(error, Error::Identity(IdentityError::Environment { .. })), "{error}");
    }
}

#[test]
fn what_a_migration_takes_from_the_app_stays_taken() {
    atriz_testing::run(atriz_db::Engine::Postgres, "existing::revoked", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core").schema("more")]).await;
        let Target::Postgres(target) = test.target("core") else { unreachable!("the engine is PostgreSQL") };
        let revoke = format!("REVOKE UPDATE ON app.things FROM \"{}\";", target.app_role);
        workspace.migration_only(engine, "core", NEXT, &revoke, "SELECT 1;");
        let more = "CREATE SCHEMA more; CREATE TABLE more.items (a integer);";
        workspace.migration_only(engine, "core", "20260101000400_create_more", more, "DROP SCHEMA more CASCADE;");
        test.migrate_all().await;
        let database = test.database("core").await;
        execute(database.write(), &thing(engine, 1)).await.unwrap();
        assert!(execute(database.write(), "UPDATE things SET amount = 2").await.is_err(), "the right is back");
        execute(database.write(), "INSERT INTO more.items VALUES (1)").await.unwrap();
        execute(database.write(), "UPDATE more.items SET a = 2").await.unwrap();
    });
}

#[test]
fn a_file_that_an_app_has_open_is_not_dropped() {
    atriz_testing::run(atriz_db::Engine::Sqlite, "existing::in_use", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let database = test.database("core").await;
        let drop = async |fleet: &Fleet| fleet.drop_databases(&test.plan(), false, &yes(), &test.context).await;
        let error = inner(drop(&test.fleet).await.unwrap_err());
        assert!(matches!(error, Error::Lifecycle(LifecycleError::InUse { .. })), "{error}");
        assert!(error.hint().contains("stop the apps"), "{}", error.hint());
        // The app notices nothing, and what it writes is there for others.
        execute(database.write(), &thing(engine, 1)).await.unwrap();
        let session = test.session("core").await;
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 1);
        assert_eq!(texts(&session.connection, "PRAGMA journal_mode").await, ["wal"]);
        session.close().await;
        database.close().await;
        assert!(drop(&test.fleet).await.unwrap()[0].existed);
        let Target::Sqlite(file) = test.target("core") else { unreachable!("the engine is SQLite") };
        assert!(!file.path.exists());
    });
}
