//! What is counted.

use atriz_web::{Metrics, Problem};
use axum::Router;
use axum::routing::get;
use prometheus_client::metrics::counter::Counter;
use reqwest::Method;
use tokio::time::timeout;

use crate::support::{PATIENCE, Running, app, start};

async fn forever() {
    std::future::pending::<()>().await;
}

async fn demo(metrics: Metrics) -> Running {
    let routes = Router::new()
        .route("/items/{id}", get(|| async { "an item" }))
        .route("/broken", get(|| async { Problem::internal(&std::fmt::Error) }))
        .route("/forever", get(forever));
    start(app().metrics(metrics).api(routes.into()).build()).await
}

async fn metrics_of(app: &Running) -> String {
    let answer = app.get("/metrics").send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "application/openmetrics-text; version=1.0.0; charset=utf-8");
    answer.text().await.unwrap()
}

fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

#[tokio::test]
async fn requests_are_counted_by_route_and_status_class() {
    let app = demo(Metrics::new()).await;
    for path in ["/items/1", "/items/2", "/broken", "/nowhere/1", "/nowhere/2"] {
        app.get(path).send().await.unwrap();
    }
    app.post("/items/1").send().await.unwrap();
    let invented = Method::from_bytes(b"BREW").unwrap();
    app.client.request(invented, app.url("/items/1")).send().await.unwrap();
    let text = metrics_of(&app).await;
    for (method, route, status, count) in [
        ("GET", "/items/{id}", "2xx", 2.0),
        ("GET", "/broken", "5xx", 1.0),
        ("GET", "unmatched", "4xx", 2.0),
        ("POST", "/items/{id}", "4xx", 1.0),
        ("OTHER", "/items/{id}", "4xx", 1.0),
    ] {
        let labels = format!("{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}");
        assert_eq!(value(&text, &format!("http_requests_total{labels}")), Some(count), "{labels}\n{text}");
        let series = format!("http_request_duration_seconds_count{labels}");
        assert_eq!(value(&text, &series), Some(count), "{labels}\n{text}");
    }
    assert!(!text.contains("nowhere") && !text.contains("BREW"), "labels are of a closed set:\n{text}");
    assert!(text.ends_with("# EOF\n"));
}

/// Waits until this many requests are in flight, and returns the metrics of then.
async fn in_flight(app: &Running, count: f64) -> String {
    let seen = async {
        loop {
            let text = metrics_of(app).await;
            if value(&text, "http_requests_in_flight ") == Some(count) {
                return text;
            }
        }
    };
    timeout(PATIENCE, seen).await.expect("that many requests are in flight")
}

#[tokio::test]
async fn requests_in_flight_are_counted_until_the_caller_goes() {
    let app = demo(Metrics::new()).await;
    // The request for the metrics is itself in flight.
    in_flight(&app, 1.0).await;
    let forever = tokio::spawn(app.get("/forever").send());
    in_flight(&app, 2.0).await;
    forever.abort();
    let after = in_flight(&app, 1.0).await;
    let gone = r#"http_requests_total{method="GET",route="/forever",status="gone"}"#;
    assert_eq!(value(&after, gone), Some(1.0), "{after}");
}

#[tokio::test]
async fn an_app_adds_its_own() {
    let (metrics, sold) = (Metrics::new(), Counter::<u64>::default());
    metrics.register(|registry| registry.register("sales", "Sales closed", sold.clone()));
    let app = demo(metrics).await;
    sold.inc_by(3);
    assert_eq!(value(&metrics_of(&app).await, "sales_total"), Some(3.0));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn memory_is_told() {
    let text = metrics_of(&demo(Metrics::new()).await).await;
    let bytes = value(&text, "process_resident_memory_bytes").unwrap();
    assert!((1e6..1e11).contains(&bytes), "{bytes}");
}
