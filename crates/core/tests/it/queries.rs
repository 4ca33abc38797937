//! Which statements a piece of work runs. They are taken from the log, so a test that asks has a process of its own.

use std::sync::Mutex;
use std::time::Duration;

use tracing::Instrument as _;
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

static QUERIES: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Listens from now on.
pub(crate) fn listen() {
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Listener)).unwrap();
}

/// The statements that `work` runs, in their order.
pub(crate) async fn of(work: impl Future<Output = ()>) -> Vec<String> {
    QUERIES.lock().unwrap().clear();
    work.instrument(tracing::info_span!("counted")).await;
    // On SQLite a thread of its own writes the log.
    tokio::time::sleep(Duration::from_millis(50)).await;
    std::mem::take(&mut *QUERIES.lock().unwrap())
}

/// Takes down the statements that are run within a span called `counted`, and none of those that run beside.
struct Listener;

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Listener {
    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let within = context.event_scope(event).is_some_and(|mut scope| scope.any(|span| span.name() == "counted"));
        let mut query = Query::default();
        event.record(&mut query);
        if event.metadata().target() == "sqlx::query" && within && !query.is_for_all() {
            QUERIES.lock().unwrap().push(query.text());
        }
    }
}

/// A statement as the log tells it: a short one stands in the summary alone.
#[derive(Default)]
struct Query {
    summary: String,
    statement: String,
}

impl Query {
    /// Whether the next one to come does it for all who follow: it sets up a connection, of which the pool makes one more
    /// when those there are in use by what runs beside, or reads the apps, as is done every second.
    fn is_for_all(&self) -> bool {
        let reads_apps = self.summary.starts_with("SELECT \"apps\".\"id\"") && !self.statement.contains("WHERE");
        reads_apps || self.summary.starts_with("SET ") || self.summary.starts_with("PRAGMA ")
    }

    fn text(self) -> String {
        if self.statement.is_empty() { self.summary } else { self.statement }
    }
}

impl Visit for Query {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.trim_start().clone_into(&mut self.summary),
            "db.statement" => value.trim().clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, format!("{value:?}").trim_start_matches('"'));
    }
}
