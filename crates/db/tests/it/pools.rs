//! The pools that an app serves from.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use atriz_db::{Database, Engine};
use atriz_testing::{TestFleet, both_engines, execute, number};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{thing, workspace};

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// One subscriber serves all tests of this binary, since the first is the only one.
fn log() -> &'static Log {
    static LOG: std::sync::OnceLock<Log> = std::sync::OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN);
        subscriber.with_ansi(false).with_writer(log.clone()).init();
        log
    })
}

both_engines! {
    async fn a_slow_query_is_logged_as_a_warning(engine) {
        let log = log();
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let database = Database::open(test.target("core"), Duration::from_millis(60)).await.unwrap();
        let (quick, slow) = (format!("SELECT 1 AS quick_{engine}"), match engine {
            Engine::Postgres => "SELECT 1 AS slow_postgres FROM pg_sleep(0.15)",
            Engine::Sqlite => "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000) SELECT max(i) AS slow_sqlite FROM n",
        });
        execute(database.read(), &quick).await.unwrap();
        execute(database.read(), slow).await.unwrap();
        let text = log.text();
        let line = text.lines().find(|line| line.contains(&format!("slow_{engine}"))).unwrap_or_else(|| panic!("{text}"));
        assert!(line.contains("WARN") && line.contains("slow"), "{line}");
        assert!(!text.contains(&format!("quick_{engine}")));
    }

    async fn readers_see_what_a_writer_committed(engine) {
        let workspace = workspace();
        let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let database = test.database("core").await;
        execute(database.write(), &thing(engine, 1)).await.unwrap();
        assert_eq!(number(database.read(), "SELECT count(*) FROM things").await, 1);
        assert_eq!(database.engine(), engine);
        database.close().await;
    }
}
