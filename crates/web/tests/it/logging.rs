//! The log of a request. Each test reads a log of its own, which holds for its thread alone.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use atriz_web::{LogFormat, Problem, Settings, init_tracing, subscriber};
use axum::Router;
use axum::routing::get;
use serde_json::Value;
use tracing::Dispatch;
use tracing::subscriber::DefaultGuard;

use crate::support::{Running, app, start};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A second subscriber that lives as long as the process. While there is one alone, tracing asks the subscriber of the
/// thread that comes to a place first whether the place counts, for all threads and for good; and most threads here have
/// none.
static OTHER: LazyLock<Dispatch> =
    LazyLock::new(|| Dispatch::new(subscriber(LogFormat::Text, "error", io::sink).unwrap()));

impl Log {
    fn start(format: LogFormat, filter: &str) -> (Self, DefaultGuard) {
        LazyLock::force(&OTHER);
        let log = Self::default();
        let writer = log.clone();
        let subscriber = subscriber(format, filter, move || writer.clone()).unwrap();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines of one request, as JSON.
    fn of(&self, id: &str) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.filter(|line: &Value| line["spans"][0]["request_id"] == id).collect()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("cannot save")]
struct CannotSave(#[source] io::Error);

async fn broken() -> Problem {
    let span = tracing::info_span!("saving");
    span.in_scope(|| Problem::internal(&CannotSave(io::Error::other("disk\nfull"))))
}

async fn slow() {
    tokio::time::sleep(Duration::from_millis(400)).await;
}

async fn demo() -> Running {
    let routes = Router::new()
        .route("/items/{id}", get(|| async { tracing::info!("looking") }))
        .route("/broken", get(broken))
        .route("/panic", get(async || -> () { panic!("oh") }))
        .route("/slow", get(slow));
    let settings = Settings { slow_request: Duration::from_millis(350), ..Settings::default() };
    start(app().settings(settings).api(routes.into()).build()).await
}

async fn ask(app: &Running, path: &str, id: &str) {
    app.client.get(app.url(path)).header("x-request-id", id).send().await.unwrap();
}

#[tokio::test]
async fn every_line_of_a_request_names_it() {
    let (log, _guard) = Log::start(LogFormat::Json, "info");
    ask(&demo().await, "/items/17?token=hunter2", "first").await;
    let lines = log.of("first");
    assert_eq!(lines.len(), 2, "{}", log.text());
    assert_eq!(lines[0]["message"], "looking");
    let (last, span) = (&lines[1], &lines[1]["spans"][0]);
    assert_eq!((&last["message"], &last["status"], &last["level"]), (&"answered".into(), &200.into(), &"INFO".into()));
    assert!(last["latency_ms"].is_u64());
    assert_eq!((&span["method"], &span["route"]), (&"GET".into(), &"/items/{id}".into()));
    assert!(!log.text().contains("hunter2"), "addresses are not logged");
}

#[tokio::test]
async fn an_error_is_logged_once_with_its_causes() {
    let (log, _guard) = Log::start(LogFormat::Json, "info");
    ask(&demo().await, "/broken", "first").await;
    let lines = log.of("first");
    let errors: Vec<_> = lines.iter().filter(|line| line["level"] == "ERROR").collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0]["error"], "cannot save: disk full");
}

#[tokio::test]
async fn a_filter_for_errors_alone_keeps_the_id() {
    let (log, _guard) = Log::start(LogFormat::Text, "error");
    let app = demo().await;
    ask(&app, "/items/1", "first").await;
    ask(&app, "/panic", "second").await;
    let text = log.text();
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("request_id=\"second\"") && text.contains("panic=\"oh\""), "{text}");
    assert!(!text.contains('\u{1b}'), "no colour but on a terminal");
}

#[tokio::test]
async fn what_fails_has_its_reason_and_its_closing_line_in_the_span() {
    let (log, _guard) = Log::start(LogFormat::Json, "info");
    let routes = Router::new()
        .route("/panic", get(async || -> () { panic!("oh") }))
        .route("/stuck", get(std::future::pending::<()>));
    let settings = Settings { request_timeout: Duration::from_millis(100), ..Settings::default() };
    let app = start(app().settings(settings).api(routes.into()).build()).await;
    ask(&app, "/panic", "first").await;
    ask(&app, "/stuck", "second").await;
    ask(&app, &format!("/panic?{}", "x".repeat(9_000)), "third").await;
    let said = |id| log.of(id).iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let status = |id| log.of(id).last().unwrap()["status"].clone();
    assert_eq!((said("first"), status("first")), (vec!["the request panicked".into(), "answered".into()], 500.into()));
    assert_eq!(said("second"), ["the request took too long", "answered"]);
    assert_eq!((status("second"), said("third"), status("third")), (503.into(), vec!["answered".into()], 414.into()));
}

#[tokio::test]
async fn slow_requests_are_warned_of() {
    let (log, _guard) = Log::start(LogFormat::Json, "info");
    let app = demo().await;
    ask(&app, "/slow", "first").await;
    ask(&app, "/items/1", "second").await;
    let levels = |id| log.of(id).last().unwrap()["level"].clone();
    assert_eq!((levels("first"), levels("second")), ("WARN".into(), "INFO".into()));
}

#[tokio::test]
async fn what_machines_ask_is_not_told() {
    let (log, _guard) = Log::start(LogFormat::Json, "info");
    let app = demo().await;
    ask(&app, "/health/live", "first").await;
    ask(&app, "/metrics", "first").await;
    assert!(log.of("first").is_empty(), "{}", log.text());
}

#[test]
fn the_log_can_be_started_twice() {
    init_tracing(LogFormat::Text, "off").unwrap();
    init_tracing(LogFormat::Json, "info").unwrap();
    let err = init_tracing(LogFormat::Text, "info,atriz=loud").unwrap_err();
    assert!(err.to_string().contains("`info,atriz=loud`"), "{err}");
    assert!(err.hint().contains("debug"));
}
