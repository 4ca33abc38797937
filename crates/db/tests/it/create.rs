//! Making and dropping databases, and who may do what in them.

use std::time::{Duration, Instant};

use atriz_db::{Configuration, ConnectError, Database, Engine, Environment, Error, Fleet, Target};
use atriz_testing::{Login, TestFleet, both_engines, execute, number, texts};
use sea_orm::sqlx::{AssertSqlSafe, Executor};

use crate::support::{NEXT, inner, thing, workspace, yes};

both_engines! {
    async fn making_again_changes_nothing(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, &thing(engine, 1)).await.unwrap();
        let again = test.fleet.create(&test.plan(), &test.context).await.unwrap();
        assert_eq!(again[0].created, atriz_db::Created::Existed);
        assert_eq!(number(&session.connection, "SELECT count(*) FROM things").await, 1);
    }

    async fn eight_at_once_make_one(engine) {
        let workspace = workspace();
        let test = TestFleet::new(engine, vec![workspace.descriptor("core")]);
        let tasks = (0..8).map(|_| {
            let (fleet, plan, context) = (test.fleet.clone(), test.plan(), test.context.clone());
            tokio::spawn(async move { fleet.create(&plan, &context).await })
        });
        let tasks: Vec<_> = tasks.collect();
        let mut made = 0;
        for task in tasks {
            made += usize::from(task.await.unwrap().unwrap()[0].created == atriz_db::Created::New);
        }
        // A file that two processes open at once is made by both.
        assert!(made == 1 || engine == Engine::Sqlite, "{made} made it");
        test.migrate_all().await;
    }

    async fn what_is_dropped_is_gone_and_can_be_made_again(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        execute(&session.connection, &thing(engine, 1)).await.unwrap();
        session.close().await;
        let nobody = test.fleet.drop_databases(&test.plan(), false, &atriz_db::Consent::default(), &test.context).await;
        assert!(nobody.unwrap_err().to_string().contains("`drop` would lose 1 row"));
        let dropped = test.fleet.drop_databases(&test.plan(), false, &yes(), &test.context).await.unwrap();
        assert!(dropped[0].existed && dropped[0].rows == 1, "{dropped:#?}");
        let again = test.fleet.drop_databases(&test.plan(), false, &yes(), &test.context).await.unwrap();
        assert!(!again[0].existed);
        assert!(matches!(inner(test.migrate().await.unwrap_err()), Error::Connect(ConnectError::Missing { .. })));
        test.fleet.create(&test.plan(), &test.context).await.unwrap();
        test.migrate_all().await;
    }
}

fn on_postgres<F: Future<Output = ()>>(name: &str, body: impl FnOnce(Engine) -> F) {
    atriz_testing::run(Engine::Postgres, name, body);
}

/// Whether a statement is refused for want of rights.
async fn forbidden(connection: &mut sea_orm::sqlx::postgres::PgConnection, sql: &str) -> bool {
    match connection.execute(AssertSqlSafe(sql.to_owned())).await {
        Ok(_) => false,
        Err(error) => {
            let code = error.as_database_error().and_then(|error| error.code().map(std::borrow::Cow::into_owned));
            assert_eq!(code.as_deref(), Some("42501"), "{sql}: {error}");
            true
        }
    }
}

#[test]
fn an_app_has_rights_on_rows_and_no_others() {
    on_postgres("create::rights", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        test.seed().await.unwrap();
        let login = Login::of_app(&test, "core").await;
        let mut app = login.connect().await.unwrap();
        for sql in [
            "CREATE TABLE mine (a integer)",
            "CREATE TABLE app.mine (a integer)",
            "CREATE SCHEMA mine",
            "DROP TABLE app.things",
            "ALTER TABLE app.things ADD COLUMN a integer",
            "TRUNCATE app.things",
            "INSERT INTO public.seaql_migrations VALUES ('x', 1)",
            "DELETE FROM public.migration_history",
            "SELECT * FROM public.migration_history",
            "UPDATE public.database_identity SET environment = 'development'",
            "DELETE FROM public.seed_history",
        ] {
            assert!(forbidden(&mut app, sql).await, "{sql} went through");
        }
        for table in ["seaql_migrations", "database_identity", "seed_history"] {
            app.execute(AssertSqlSafe(format!("SELECT * FROM public.{table}"))).await.unwrap();
        }
        // Rows of tables that later migrations make belong to it too.
        workspace.migration(
            "core",
            NEXT,
            "CREATE TABLE {app}later (id {big} GENERATED ALWAYS AS IDENTITY, a {int});",
            "DROP TABLE {app}later;",
        );
        workspace.migration(
            "core",
            "20260101000400_create_more",
            "CREATE SEQUENCE app.numbers; CREATE FUNCTION app.one() RETURNS integer LANGUAGE sql RETURN 1;",
            "SELECT 1;",
        );
        test.migrate_all().await;
        for sql in [
            "INSERT INTO app.later (a) VALUES (1)",
            "UPDATE app.later SET a = 2",
            "DELETE FROM app.later",
            "SELECT nextval('app.numbers'), app.one()",
        ] {
            app.execute(AssertSqlSafe(sql)).await.unwrap();
        }
    });
}

#[test]
fn a_reader_reads_what_a_migration_grants_it_and_nothing_else() {
    on_postgres("create::reader", async |engine| {
        let workspace = workspace();
        let database = workspace.descriptor("core").reader_role("reports");
        let test = TestFleet::migrated(engine, vec![database]).await;
        let login = Login::of_reader(&test, "core", "reports").await;
        let mut reader = login.connect().await.unwrap();
        for sql in
            ["SELECT * FROM app.things", "CREATE TABLE mine (a integer)", "SELECT * FROM public.seaql_migrations"]
        {
            assert!(forbidden(&mut reader, sql).await, "{sql} went through");
        }
        let session = test.session("core").await;
        let Target::Postgres(target) = test.target("core") else { panic!("it is on PostgreSQL") };
        let role = &target.reader_roles[0];
        assert_eq!(*role, format!("{}_reports", target.database));
        let grant = format!("GRANT USAGE ON SCHEMA app TO \"{role}\"; GRANT SELECT ON app.things TO \"{role}\"");
        execute(&session.connection, &grant).await.unwrap();
        session.close().await;
        reader.execute(AssertSqlSafe("SELECT * FROM app.things")).await.unwrap();
        assert!(forbidden(&mut reader, "DELETE FROM app.things").await);
        drop(reader);

        test.fleet.drop_databases(&test.plan(), false, &yes(), &test.context).await.unwrap();
        test.fleet.create(&test.plan(), &test.context).await.unwrap();
        let session = test.session("core").await;
        let there = format!("SELECT count(*) FROM pg_roles WHERE rolname = '{role}'");
        assert_eq!(number(&session.connection, &there).await, 1);
    });
}

#[test]
fn an_app_reaches_its_own_database_alone() {
    on_postgres("create::reach", async |engine| {
        let workspace = workspace();
        crate::support::base(&workspace, "shop");
        let test = TestFleet::created(engine, vec![workspace.descriptor("core"), workspace.descriptor("shop")]).await;
        let login = Login::of_app(&test, "core").await;
        assert!(login.connect().await.is_ok());
        let Target::Postgres(shop) = test.target("shop") else { unreachable!("the engine is PostgreSQL") };
        let error = login.connect_to(&shop.database).await.unwrap_err().to_string();
        assert!(error.contains("permission denied for database"), "{error}");
    });
}

#[test]
fn the_search_path_is_public_first_for_roles_and_sessions() {
    on_postgres("create::search_path", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let path = "SELECT current_setting('search_path')";
        assert_eq!(texts(&session.connection, path).await, ["public, app"]);
        let database = test.database("core").await;
        assert_eq!(texts(database.read(), path).await, ["public, app"]);
        let pinned = "SELECT count(*) FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole \
                      WHERE r.rolname = current_database() || '_app' AND s.setconfig::text LIKE '%search_path=public, app%'";
        assert_eq!(
            number(&session.connection, pinned).await,
            1,
            "{:?}",
            texts(&session.connection, "SELECT setconfig::text FROM pg_db_role_setting").await
        );
        let owner = "SELECT (current_user = current_database() || '_owner')::text";
        assert_eq!(texts(&session.connection, owner).await, ["true"]);
        let app = "SELECT (current_user = current_database() || '_app')::text";
        assert_eq!(texts(database.write(), app).await, ["true"]);
        let tables = "SELECT count(*) FROM pg_class WHERE relname = 'seaql_migrations' AND relnamespace <> 'public'::regnamespace";
        assert_eq!(number(&session.connection, tables).await, 0);
    });
}

/// The same fleet through another login of the server.
async fn through(test: &TestFleet, login: &str, rights: &str) -> Fleet {
    let Target::Postgres(target) = test.target("core") else { unreachable!("the engine is PostgreSQL") };
    let name = format!("{}_login", target.database);
    let mut server = target.server.clone().unwrap().database("postgres");
    server = server.application_name("atriz test");
    let mut connection = sea_orm::sqlx::ConnectOptions::connect(&server).await.unwrap();
    connection
        .execute(AssertSqlSafe(format!("CREATE ROLE \"{name}\" LOGIN PASSWORD '{login}' {rights}")))
        .await
        .unwrap();
    let mut inputs = test.inputs.clone();
    inputs.process.insert("PGUSER".into(), name);
    inputs.process.insert("PGPASSWORD".into(), login.into());
    let configuration = Configuration::load(&test.fleet.catalog, &inputs).unwrap();
    Fleet { catalog: test.fleet.catalog.clone(), configuration }
}

#[test]
fn a_login_without_rights_is_told_which_it_lacks() {
    on_postgres("create::privilege", async |engine| {
        let workspace = workspace();
        let test = TestFleet::new(engine, vec![workspace.descriptor("core")]);
        let fleet = through(&test, "secret-word", "NOCREATEDB").await;
        let error = fleet.create(&test.plan(), &test.context).await.unwrap_err();
        assert!(error.to_string().contains("may not create databases and roles"), "{error}");
        assert!(error.hint().contains("CREATEDB and CREATEROLE"), "{}", error.hint());
        assert!(!format!("{error} {error:?}").contains("secret-word"));
    });
}

#[test]
fn a_login_that_is_no_superuser_makes_migrates_and_drops() {
    on_postgres("create::plain_login", async |engine| {
        let workspace = workspace();
        let test = TestFleet::new(engine, vec![workspace.descriptor("core")]);
        let fleet = through(&test, "secret-word", "CREATEDB CREATEROLE").await;
        fleet.create(&test.plan(), &test.context).await.unwrap();
        fleet.create(&test.plan(), &test.context).await.unwrap();
        let request = atriz_db::MigrateRequest { plan: test.plan(), limit: atriz_db::migrate::Limit::All };
        let reports = fleet.migrate(&request, &test.context).await.unwrap();
        assert!(reports[0].is_done(), "{reports:#?}");
        let database =
            Database::open(fleet.configuration.target("core").unwrap(), Duration::from_secs(1)).await.unwrap();
        execute(database.write(), &thing(engine, 1)).await.unwrap();
        assert!(execute(database.write(), "DROP TABLE app.things").await.is_err());
        database.close().await;
        let status = fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(status[0].is_current(), "{status:#?}");
        fleet.clean(&test.plan(), false, &yes(), &test.context).await.unwrap();
        fleet.drop_databases(&test.plan(), false, &yes(), &test.context).await.unwrap();
    });
}

#[test]
fn a_server_that_is_down_is_told_at_once() {
    on_postgres("create::down", async |engine| {
        let workspace = workspace();
        let test = TestFleet::new(engine, vec![workspace.descriptor("core")]);
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut inputs = test.inputs.clone();
        inputs.process.insert("PGHOST".into(), "127.0.0.1".into());
        inputs.process.insert("PGPORT".into(), free.to_string());
        let configuration = Configuration::load(&test.fleet.catalog, &inputs).unwrap();
        let fleet = Fleet { catalog: test.fleet.catalog.clone(), configuration };
        let since = Instant::now();
        let error = fleet.create(&test.plan(), &test.context).await.unwrap_err();
        let status = fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(since.elapsed() < Duration::from_secs(3), "it took {:?}", since.elapsed());
        for text in [error.to_string(), status[0].error.clone().unwrap()] {
            assert!(text.contains("no server answers at") && text.contains("refused"), "{text}");
        }
        assert!(error.hint().contains("PGHOST"), "{}", error.hint());
        assert_eq!(test.fleet.configuration.environment, Environment::Test);
    });
}

#[test]
fn an_apps_own_login_sees_what_is_applied_and_cannot_migrate() {
    on_postgres("create::app_login", async |engine| {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let login = Login::of_app(&test, "core").await;
        let mut inputs = test.inputs.clone();
        inputs.process.retain(|name, _| !name.starts_with("PG"));
        let url = sea_orm::sqlx::ConnectOptions::to_url_lossy(login.options()).to_string();
        inputs.process.insert("CORE_DATABASE_URL".into(), url);
        let configuration = Configuration::load(&test.fleet.catalog, &inputs).unwrap();
        let fleet = Fleet { catalog: test.fleet.catalog.clone(), configuration };
        let status = fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(status[0].is_current() && status[0].applied == 3, "{status:#?}");
        workspace.migration("core", NEXT, "SELECT 1;", "SELECT 1;");
        let status = fleet.status(&test.plan(), &test.context).await.unwrap();
        assert_eq!(status[0].pending, 1);
        let request = atriz_db::MigrateRequest { plan: test.plan(), limit: atriz_db::migrate::Limit::All };
        let error = inner(fleet.migrate(&request, &test.context).await.unwrap_err());
        assert!(matches!(error, Error::Connect(ConnectError::Role { .. })), "{error}");
        assert!(error.hint().contains("GRANT"), "{}", error.hint());
        let database =
            Database::open(fleet.configuration.target("core").unwrap(), Duration::from_secs(1)).await.unwrap();
        execute(database.write(), &thing(engine, 1)).await.unwrap();
    });
}

#[test]
fn a_wrong_password_is_told_as_such() {
    on_postgres("create::password", async |engine| {
        // The tests' server may trust everybody, so that a login that there is not stands for a wrong password.
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let mut inputs = test.inputs.clone();
        inputs.process.insert("PGUSER".into(), "nobody-of-this-name".into());
        inputs.process.insert("PGPASSWORD".into(), "secret-word".into());
        let configuration = Configuration::load(&test.fleet.catalog, &inputs).unwrap();
        let fleet = Fleet { catalog: test.fleet.catalog.clone(), configuration };
        let error = inner(fleet.create(&test.plan(), &test.context).await.unwrap_err());
        assert!(error.to_string().contains("refuses the login"), "{error}");
        assert!(error.hint().contains("PGPASSWORD"), "{}", error.hint());
        assert!(!format!("{error} {error:?}").contains("secret-word"));
    });
}
