//! Ending in good order.

use std::sync::Arc;
use std::time::{Duration, Instant};

use atriz_web::Settings;
use axum::Router;
use axum::routing::get;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::support::{PATIENCE, Running, app, start};

/// A server whose one route says when it has begun, and answers when it is told to.
async fn demo(begun: &Arc<Notify>, go_on: &Arc<Notify>, drain_timeout: Duration) -> Running {
    let (begun, go_on) = (begun.clone(), go_on.clone());
    let wait = async move || {
        begun.notify_one();
        go_on.notified().await;
        "done"
    };
    let settings = Settings { drain_timeout, ..Settings::default() };
    start(app().settings(settings).api(Router::new().route("/", get(wait)).into()).build()).await
}

#[tokio::test]
async fn a_request_in_flight_is_answered_and_no_new_one_is_taken() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let app = demo(&begun, &go_on, PATIENCE).await;
    let (address, request) = (app.address, tokio::spawn(app.get("/").send()));
    begun.notified().await;
    let ended = app.stop();
    timeout(PATIENCE, async { while TcpStream::connect(address).await.is_ok() {} }).await.expect("the port closes");
    assert!(!ended.is_finished(), "it waits for the request");
    go_on.notify_one();
    assert_eq!(request.await.unwrap().unwrap().text().await.unwrap(), "done");
    timeout(PATIENCE, ended).await.expect("it ends when the last request has").unwrap();
}

#[tokio::test]
async fn a_request_that_does_not_end_is_cut_off() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let app = demo(&begun, &go_on, Duration::from_millis(200)).await;
    let request = tokio::spawn(app.get("/").send());
    begun.notified().await;
    let started = Instant::now();
    app.stop().await.unwrap();
    assert!(started.elapsed() >= Duration::from_millis(200));
    let err = request.await.unwrap().expect_err("the connection is closed without an answer");
    assert!(!err.is_timeout(), "the server closed it, not the client: {err:?}");
}

#[tokio::test]
async fn connections_without_a_request_do_not_hold_it_up() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let app = demo(&begun, &go_on, PATIENCE).await;
    let _silent = TcpStream::connect(app.address).await.unwrap();
    // The client keeps its connection open after the answer.
    let client = app.client.clone();
    client.get(app.url("/health/live")).send().await.unwrap();
    let started = Instant::now();
    app.stop().await.unwrap();
    assert!(started.elapsed() < PATIENCE / 2, "{:?}", started.elapsed());
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_asks_for_the_end() {
    let mut signal = Box::pin(atriz_web::shutdown_signal());
    // The first poll installs the handlers: from then on a signal does not end this process.
    assert!(timeout(Duration::from_millis(50), &mut signal).await.is_err(), "it waits");
    let kill = format!("kill -TERM {}", std::process::id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    timeout(PATIENCE, signal).await.expect("the signal is seen");
}
