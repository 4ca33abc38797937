//! Connections that break under a run, and what it leaves, on PostgreSQL.

use std::sync::Arc;

use atriz_db::progress::{Event, Observer, SharedObserver};
use atriz_db::{Engine, Target};
use atriz_testing::{TestFleet, number};
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, ConnectOptions};

use crate::support::{PARTS, SCHEMA, THINGS, failure, history, workspace};
use crate::{entities, support};

/// Ends every connection to core once something has happened.
struct Breaks {
    server: PgConnectOptions,
    database: String,
    once: fn(&Event<'_>) -> bool,
}

impl Breaks {
    fn on(test: &TestFleet, once: fn(&Event<'_>) -> bool) -> SharedObserver {
        let Target::Postgres(target) = test.target("core").clone() else { unreachable!("the engine is PostgreSQL") };
        let server = target.server.clone().unwrap().database("postgres");
        Arc::new(Self { server, database: target.database, once })
    }
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
                let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
                sqlx::query(end).bind(&self.database).execute(&mut server).await.unwrap();
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
        let breaks = Breaks::on(&test, |event| matches!(event, Event::MigrationFinished { version: SCHEMA, .. }));
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
            Breaks::on(&test, |event| matches!(event, Event::SeedFinished { file, .. } if file.contains("01_")));
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
