//! Connections that break under a run, and what it leaves, on PostgreSQL.

use std::sync::Arc;
use std::time::Duration;

use atriz_db::migrate::Limit;
use atriz_db::progress::{Event, Observer, SharedObserver};
use atriz_db::{Engine, Target};
use atriz_testing::{TestFleet, number};
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions, Executor};
use sea_orm::{ConnectionTrait, DbErr};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use crate::support::{NEXT, PARTS, SCHEMA, THINGS, failure, history, thing, workspace, yes};
use crate::{entities, support};

/// Ends every connection to a database. The server waits until they are gone: a signal alone may come behind the next
/// question, which then finds the lock held as before.
const ALL: &str = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1";
/// Ends the connection that holds its lock, and waits as well.
const THE_LOCK: &str = "SELECT pg_terminate_backend(l.pid, 10000) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
    WHERE l.locktype = 'advisory' AND l.classid = 1635021417 AND d.datname = $1";

/// Ends connections to core once something has happened.
struct Breaks {
    server: PgConnectOptions,
    database: String,
    end: &'static str,
    once: fn(&Event<'_>) -> bool,
}

impl Breaks {
    fn on(test: &TestFleet, end: &'static str, once: fn(&Event<'_>) -> bool) -> SharedObserver {
        let (server, database) = server_of(test);
        Arc::new(Self { server, database, end, once })
    }
}

/// Where core is, and what it is called there.
fn server_of(test: &TestFleet) -> (PgConnectOptions, String) {
    let Target::Postgres(target) = test.target("core").clone() else { unreachable!("the engine is PostgreSQL") };
    (target.server.clone().unwrap().database("postgres"), target.database)
}

impl Observer for Breaks {
    fn event(&self, event: &Event<'_>) {
        if !(self.once)(event) {
            return;
        }
        // Events are told while the run waits, so that this is over before it goes on.
        std::thread::scope(|scope| {
            let end = async {
                let mut server = self.server.connect().await.unwrap();
                sqlx::query(self.end).bind(&self.database).execute(&mut server).await.unwrap();
            };
            scope.spawn(|| tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(end));
        });
    }
}

#[test]
fn between_two_migrations_it_ends_the_run() {
    atriz_testing::run(Engine::Postgres, "broken::migrations", async |engine| {
        let workspace = workspace();
        let mut test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let breaks = Breaks::on(&test, ALL, |event| matches!(event, Event::MigrationFinished { version: SCHEMA, .. }));
        let whole = std::mem::replace(&mut test.context.observer, breaks);
        let (error, hint) = failure(&test.migrate().await.unwrap());
        // The next words find it out, or the server's farewell was there before them.
        assert!(error.contains("connection"), "{error}");
        assert!(hint.contains("run the same command again"), "{hint}");
        test.context.observer = whole;
        assert_eq!(history(&test.session("core").await).await, [SCHEMA]);
        test.migrate_all().await;
        assert_eq!(history(&test.session("core").await).await, [SCHEMA, THINGS, PARTS]);
    });
}

#[test]
fn between_two_files_it_ends_the_seeding() {
    atriz_testing::run(Engine::Postgres, "broken::seeds", async |engine| {
        let workspace = entities::workspace();
        workspace.seed("core", "reference/01_things.csv", "code*,name\none,One\n");
        workspace.seed("core", "reference/02_things.csv", "code*,name\ntwo,Two\n");
        let mut test = TestFleet::migrated(engine, vec![entities::descriptor(&workspace)]).await;
        let breaks =
            Breaks::on(&test, ALL, |event| matches!(event, Event::SeedFinished { file, .. } if file.contains("01_")));
        let whole = std::mem::replace(&mut test.context.observer, breaks);
        let error = support::inner(test.seed().await.unwrap_err()).to_string();
        assert!(error.contains("connection"), "{error}");
        test.context.observer = whole;
        let things = "SELECT count(*) FROM app.things";
        assert_eq!(number(&test.session("core").await.connection, things).await, 1);
        test.seed().await.unwrap();
        assert_eq!(number(&test.session("core").await.connection, things).await, 2);
    });
}

#[test]
fn the_lock_alone_ends_a_rollback() {
    atriz_testing::run(Engine::Postgres, "broken::rollback", async |engine| {
        let workspace = workspace();
        let mut test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let session = test.session("core").await;
        let breaks = Breaks::on(&test, THE_LOCK, |event| matches!(event, Event::StatementFinished { .. }));
        let whole = std::mem::replace(&mut test.context.observer, breaks);
        let error = test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap_err();
        assert!(support::inner(error).to_string().contains("the connection that held the lock broke"));
        assert_eq!(history(&session).await, [SCHEMA, THINGS, PARTS]);
        test.context.observer = whole;
        test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        assert_eq!(history(&session).await, [SCHEMA, THINGS]);
    });
}

#[test]
fn the_lock_alone_ends_the_seeding() {
    atriz_testing::run(Engine::Postgres, "broken::seeds_lock", async |engine| {
        let workspace = entities::workspace();
        workspace.seed("core", "reference/01_things.csv", "code*,name\none,One\n");
        let mut test = TestFleet::migrated(engine, vec![entities::descriptor(&workspace)]).await;
        let breaks = Breaks::on(&test, THE_LOCK, |event| matches!(event, Event::SeedStarted { .. }));
        let whole = std::mem::replace(&mut test.context.observer, breaks);
        let error = support::inner(test.seed().await.unwrap_err()).to_string();
        assert!(error.contains("the connection that held the lock broke"), "{error}");
        let things = "SELECT count(*) FROM app.things";
        assert_eq!(number(&test.session("core").await.connection, things).await, 0);
        test.context.observer = whole;
        test.seed().await.unwrap();
        assert_eq!(number(&test.session("core").await.connection, things).await, 1);
    });
}

const INCREMENT: &str = "20260101000400_increment_amounts";

/// Adds one to all amounts, in no transaction.
struct Increment;

impl MigrationName for Increment {
    fn name(&self) -> &str {
        INCREMENT
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Increment {
    fn use_transaction(&self) -> Option<bool> {
        Some(false)
    }

    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait elides it, and async_trait would bind a written one elsewhere"
    )]
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, 1).await
    }

    #[expect(
        elided_lifetimes_in_paths,
        reason = "the trait elides it, and async_trait would bind a written one elsewhere"
    )]
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, -1).await
    }
}

async fn add(manager: &SchemaManager<'_>, amount: i32) -> Result<(), DbErr> {
    let sql = format!("UPDATE app.things SET amount = amount + {amount}");
    manager.get_connection().execute_unprepared(&sql).await?;
    // The pool has its connection back by then, and finds nothing wrong with it.
    tokio::time::sleep(Duration::from_millis(100)).await;
    Ok(())
}

#[test]
fn behind_a_migration_in_rust_it_hinders_no_record() {
    atriz_testing::run(Engine::Postgres, "broken::rust", async |engine| {
        let workspace = workspace();
        let insert = format!("{};", thing(engine, 1).replace("INTO things", "INTO {app}things"));
        workspace.migration("core", NEXT, &insert, "DELETE FROM {app}things;");
        let database = workspace.descriptor("core").rust_migrations(|| vec![Box::new(Increment)]);
        let mut test = TestFleet::created(engine, vec![database]).await;
        // It ran, and the connection dies before the next words.
        let breaks =
            Breaks::on(&test, ALL, |event| matches!(event, Event::StatementFinished { version: INCREMENT, .. }));
        let whole = std::mem::replace(&mut test.context.observer, breaks.clone());
        let _ = test.migrate().await.unwrap();
        test.context.observer = whole.clone();
        test.migrate_all().await;
        let amount = "SELECT amount::bigint FROM app.things";
        assert_eq!(number(&test.session("core").await.connection, amount).await, 2);
        // Its way back too.
        test.context.observer = breaks;
        let _ = test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await;
        test.context.observer = whole;
        let session = test.session("core").await;
        assert_eq!(number(&session.connection, amount).await, 1);
        assert_eq!(history(&session).await, [SCHEMA, THINGS, PARTS, NEXT]);
    });
}

/// Locks the journal for some time once a statement ran.
struct Hinders {
    database: PgConnectOptions,
    time: Duration,
}

impl Observer for Hinders {
    fn event(&self, event: &Event<'_>) {
        if !matches!(event, Event::StatementFinished { version: NEXT, number: 2, .. }) {
            return;
        }
        let (database, time) = (self.database.clone(), self.time);
        let (held, is_held) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let holding = async {
                let mut connection = database.connect().await.unwrap();
                connection.execute("BEGIN; LOCK TABLE public.migration_history").await.unwrap();
                held.send(()).unwrap();
                tokio::time::sleep(time).await;
            };
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(holding);
        });
        is_held.recv().unwrap();
    }
}

/// Its result waits longer than it may for the journal; what would tell of a failure does not.
#[test]
fn a_statement_that_ran_is_not_taken_for_one_that_failed() {
    atriz_testing::run(Engine::Postgres, "broken::result", async |engine| {
        let workspace = workspace();
        let up = "-- atriz: no-transaction\nCREATE TABLE app.counted (a int);\n\
                  DO $$ BEGIN INSERT INTO app.counted VALUES (1); END $$;\n";
        workspace.migration_only(engine, "core", NEXT, up, "DROP TABLE app.counted;");
        let mut test = TestFleet::created(engine, vec![workspace.descriptor("core")]).await;
        let (server, database) = server_of(&test);
        let hinders = Arc::new(Hinders { database: server.database(&database), time: Duration::from_millis(4500) });
        let whole = std::mem::replace(&mut test.context.observer, hinders);
        let (error, hint) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("lock timeout"), "{error}");
        assert!(hint.contains("run the same command again"), "{hint}");
        test.context.observer = whole;
        // Nothing in the database tells whether it ran, so somebody has to.
        let (error, _) = failure(&test.migrate().await.unwrap());
        assert!(error.contains("statement 2"), "{error}");
        assert_eq!(number(&test.session("core").await.connection, "SELECT count(*) FROM app.counted").await, 1);
    });
}
