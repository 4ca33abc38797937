//! How connections are made: how many, and what they tell of themselves.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use atriz_db::migrate::RunContext;
use atriz_db::progress::{Event, Observer};
use atriz_db::{Configuration, Database, Engine, Failure, FailureKind, Purpose, Session, Target};
use atriz_testing::{TestFleet, texts};
use sea_orm::sqlx::postgres::PgConnection;
use sea_orm::sqlx::{self, AssertSqlSafe, ConnectOptions, Connection};

use crate::support::{base, workspace};

/// A connection to the maintenance database of the tests' server.
async fn server(test: &TestFleet) -> PgConnection {
    let Target::Postgres(target) = test.target("core") else { unreachable!("the engine is PostgreSQL") };
    target.server.clone().unwrap().database("postgres").connect().await.unwrap()
}

/// How many connections were ever made to these databases, once at least `least` are counted and no more come.
async fn counted(test: &TestFleet, databases: &[String], least: i64) -> i64 {
    const QUERY: &str = "SELECT sum(sessions)::bigint FROM pg_stat_database WHERE datname = ANY($1)";
    let since = Instant::now();
    let mut earlier = -1;
    loop {
        let mut server = server(test).await;
        let count: i64 = sqlx::query_scalar(QUERY).bind(databases).fetch_one(&mut server).await.unwrap();
        let _ = server.close().await;
        if (count >= least && count == earlier) || since.elapsed() > Duration::from_secs(10) {
            return count;
        }
        earlier = count;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[test]
fn a_database_that_takes_no_connections_is_away_and_other_states_are_not() {
    atriz_testing::run(Engine::Postgres, "connect::shut", async |engine| {
        let test = TestFleet::migrated(engine, vec![workspace().descriptor("core")]).await;
        let Target::Postgres(target) = test.target("core") else { unreachable!("the engine is PostgreSQL") };
        let mut server = server(&test).await;
        let allow = |whether: bool| format!("ALTER DATABASE \"{}\" ALLOW_CONNECTIONS {whether}", target.database);
        sqlx::raw_sql(AssertSqlSafe(allow(false))).execute(&mut server).await.unwrap();
        let refused = target.server.clone().unwrap().database(&target.database).connect().await.unwrap_err();
        sqlx::raw_sql(AssertSqlSafe(allow(true))).execute(&mut server).await.unwrap();
        let failure = Failure::of_sqlx(&refused);
        assert_eq!((failure.code.as_deref(), failure.kind), (Some("55000"), FailureKind::Connection));
        // The same code, of a sequence that has given no number yet.
        let early = "CREATE TEMPORARY SEQUENCE numbers; SELECT currval('numbers')";
        let early = Failure::of_sqlx(&sqlx::raw_sql(early).execute(&mut server).await.unwrap_err());
        assert_eq!((early.code.as_deref(), early.kind), (Some("55000"), FailureKind::Other));
        assert!(failure.is_passing() && !early.is_passing());
        let _ = server.close().await;
    });
}

#[test]
fn a_look_at_four_databases_makes_four_connections() {
    atriz_testing::run(Engine::Postgres, "connect::four", async |engine| {
        let workspace = workspace();
        let names = ["core", "shop", "till", "ward"];
        names.iter().skip(1).for_each(|name| base(&workspace, name));
        let test = TestFleet::migrated(engine, names.iter().map(|name| workspace.descriptor(name)).collect()).await;
        let place = |name: &&str| match test.target(name) {
            Target::Postgres(target) => target.database.clone(),
            Target::Sqlite(_) => unreachable!("the engine is PostgreSQL"),
        };
        let databases: Vec<String> = names.iter().map(place).collect();
        let before = counted(&test, &databases, 4).await;
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(status.iter().all(atriz_db::DatabaseStatus::is_current), "{status:#?}");
        assert_eq!(counted(&test, &databases, before + 4).await - before, 4);
        let session = test.session("core").await;
        let owner = "SELECT (current_user = current_database() || '_owner')::text";
        assert_eq!(texts(&session.connection, owner).await, ["true"]);
        session.close().await;
        assert_eq!(counted(&test, &databases, before + 5).await - before, 5);
    });
}

#[test]
fn a_role_that_is_missing_is_told_at_once() {
    atriz_testing::run(Engine::Postgres, "connect::role", async |engine| {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let Target::Postgres(mut target) = test.target("core").clone() else {
            unreachable!("the engine is PostgreSQL")
        };
        target.app_role = "nobody_of_this_name".to_owned();
        let since = Instant::now();
        let error = Database::open(&Target::Postgres(target), Duration::from_secs(1)).await.unwrap_err();
        assert!(error.to_string().contains("nobody_of_this_name"), "{error}");
        assert!(since.elapsed() < Duration::from_secs(3), "it took {:?}", since.elapsed());
    });
}

#[test]
fn nothing_that_is_printed_holds_a_password() {
    atriz_testing::run(Engine::Postgres, "connect::secrets", async |engine| {
        let workspace = workspace();
        let test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let login = atriz_testing::Login::of_app(&test, "core").await;
        let url = login.options().to_url_lossy();
        let password = url.password().unwrap().to_owned();
        let mut inputs = test.inputs.clone();
        inputs.process.insert("CORE_DATABASE_URL".into(), url.to_string());
        inputs.process.retain(|name, _| !name.starts_with("PG"));
        let configuration = Configuration::load(&test.fleet.catalog, &inputs).unwrap();
        let target = configuration.target("core").unwrap();
        let session = Session::open(target, Purpose::Look).await.unwrap();
        let database = Database::open(target, Duration::from_secs(1)).await.unwrap();
        for shown in [
            format!("{session:?} {session:#?}"),
            format!("{database:?} {database:#?}"),
            format!("{configuration:?} {target:?} {inputs:?}"),
        ] {
            assert!(!shown.contains(&password), "{shown}");
        }
    });
}

/// What was told of waiting.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Observer for Told {
    fn event(&self, event: &Event<'_>) {
        if let Event::LockWaiting { database, holder } = event {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{database} {holder}"));
        }
    }
}

#[test]
fn whoever_waits_for_the_server_is_told_for_whom() {
    atriz_testing::run(Engine::Postgres, "connect::server_lock", async |engine| {
        let workspace = workspace();
        let test = TestFleet::new(engine, vec![workspace.descriptor("core")]);
        let mut holder = server(&test).await;
        sqlx::query(
            "SELECT pg_advisory_lock(x'61747269'::int, 2), set_config('application_name', 'the other one', false)",
        )
        .execute(&mut holder)
        .await
        .unwrap();
        let told = Arc::new(Told::default());
        let context = RunContext { observer: Arc::clone(&told) as Arc<_>, ..test.context.clone() };
        let (fleet, plan) = (test.fleet.clone(), test.plan());
        let creating = tokio::spawn(async move { fleet.create(&plan, &context).await });
        let heard = || told.0.lock().unwrap().clone();
        for _ in 0..200 {
            if !heard().is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        let lines = heard();
        holder.close().await.unwrap();
        creating.await.unwrap().unwrap();
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with("(the server) `the other one`"), "{lines:?}");
    });
}
