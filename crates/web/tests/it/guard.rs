//! Limits, panics, headers, and requests that no route takes.

use std::net::SocketAddr;
use std::time::Duration;

use atriz_web::Settings;
use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::header;
use axum::routing::{get, post};
use insta::assert_snapshot;
use reqwest::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::{PATIENCE, Running, app, shown, shown_in_full, start};

async fn panics() {
    panic!("the password is hunter2")
}

async fn demo() -> Running {
    let nested = Router::new().route("/things", post(|| async {}).put(|| async {}));
    let routes = Router::new()
        .route("/hello", get(|| async { "hello" }))
        .route("/peer", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
        .route("/page", get(|| async { ([(header::CONTENT_SECURITY_POLICY, "default-src 'self'")], "page") }))
        .route("/panic", get(panics))
        .route("/slow", get(std::future::pending::<()>))
        .route("/read", post(async |body: String| body))
        .route("/read/slow", post(async |_: String| std::future::pending::<()>().await))
        .nest("/api", nested);
    let settings = Settings {
        request_timeout: Duration::from_millis(200),
        header_read_timeout: Duration::from_millis(300),
        ..Settings::default()
    };
    start(app().settings(settings).api(routes.into()).build()).await
}

#[tokio::test]
async fn every_answer_has_the_safe_headers() {
    assert_snapshot!(shown_in_full(demo().await.get("/hello")).await);
}

#[tokio::test]
async fn so_has_a_problem() {
    assert_snapshot!(shown_in_full(demo().await.get("/nowhere")).await);
}

#[tokio::test]
async fn a_page_keeps_its_own_policy() {
    let answer = demo().await.get("/page").send().await.unwrap();
    assert_eq!(answer.headers()["content-security-policy"], "default-src 'self'");
}

#[tokio::test]
async fn a_handler_can_tell_who_is_connected() {
    let answer = demo().await.get("/peer").send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "127.0.0.1");
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_refused() {
    assert_snapshot!(shown(demo().await.get("/api/things")).await);
}

#[tokio::test]
async fn a_panic_is_a_500_and_the_server_goes_on() {
    let app = demo().await;
    let answer = shown(app.get("/panic")).await;
    assert!(!answer.contains("hunter2"));
    assert_snapshot!(answer);
    assert_eq!(app.get("/hello").send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    assert_snapshot!(shown(demo().await.get("/slow")).await);
}

#[tokio::test]
async fn whatever_becomes_of_a_request_it_is_named_counted_and_has_the_safe_headers() {
    let app = demo().await;
    let long = format!("/hello?{}", "x".repeat(9_000));
    let ends = [
        ("/panic", "/panic", 500),
        ("/slow", "/slow", 503),
        ("/api/things", "/api/things", 405),
        (&long, "/hello", 414),
        ("/nowhere", "unmatched", 404),
    ];
    for (path, _, status) in ends {
        let answer = app.get(path).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
        for header in ["x-request-id", "x-content-type-options", "referrer-policy", "content-security-policy"] {
            assert!(answer.headers().contains_key(header), "{status} without {header}");
        }
        assert_eq!(answer.headers()["cache-control"], "no-store", "{status}");
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert!(answer.text().await.unwrap().contains(&id), "{status} does not name the request");
    }
    let counted = app.get("/metrics").send().await.unwrap().text().await.unwrap();
    for (_, route, status) in ends {
        let class = status / 100;
        let line = format!("http_requests_total{{method=\"GET\",route=\"{route}\",status=\"{class}xx\"}} 1\n");
        assert!(counted.contains(&line), "{line}{counted}");
    }
    // The one in flight is the one that asks.
    assert!(counted.contains("http_requests_in_flight 1\n"), "{counted}");
}

#[tokio::test]
async fn a_head_request_has_the_headers_alone() {
    let app = demo().await;
    for (path, status) in [("/hello", StatusCode::OK), ("/nowhere", StatusCode::NOT_FOUND)] {
        let answer = app.client.head(app.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert!(answer.headers().contains_key("x-request-id"));
        assert_eq!(answer.text().await.unwrap(), "");
    }
}

#[tokio::test]
async fn a_caller_who_dribbles_the_head_is_cut_off() {
    let app = demo().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(b"GET /hello HTTP/1.1\r\nHost: demo\r\nX-Slow: ").await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server closes the connection");
    assert!(read.is_err() || !String::from_utf8(answer).unwrap().contains("200 OK"));
}

#[tokio::test]
async fn a_caller_who_dribbles_the_body_is_cut_off() {
    let app = demo().await;
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    stream.write_all(b"POST /nowhere HTTP/1.1\r\nHost: demo\r\nContent-Length: 9\r\n\r\nx").await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the server closes the connection").unwrap();
    assert!(String::from_utf8(answer).unwrap().starts_with("HTTP/1.1 404"));
}

/// Sends a request as it stands, and answers how the first line of what comes back begins.
async fn sent(app: &Running, request: &str) -> String {
    let mut stream = TcpStream::connect(app.address).await.unwrap();
    // The server may have answered and gone before all is sent.
    let _ = stream.write_all(request.as_bytes()).await;
    let mut answer = [0; 12];
    timeout(PATIENCE, stream.read_exact(&mut answer)).await.unwrap().unwrap();
    String::from_utf8(answer.to_vec()).unwrap()
}

#[tokio::test]
async fn who_does_not_send_the_body_that_is_waited_for_is_told_so() {
    let app = demo().await;
    for (head, status) in [
        // It is the caller who is waited for, from the first byte on or in the middle.
        ("POST /read HTTP/1.1\r\nHost: demo\r\nContent-Length: 9\r\n\r\n", "408"),
        ("POST /read HTTP/1.1\r\nHost: demo\r\nContent-Length: 9\r\n\r\nx", "408"),
        ("POST /read HTTP/1.1\r\nHost: demo\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n", "408"),
        // It is us, whether the body was read or not.
        ("POST /read/slow HTTP/1.1\r\nHost: demo\r\nContent-Length: 1\r\n\r\nx", "503"),
        ("GET /slow HTTP/1.1\r\nHost: demo\r\nContent-Length: 9\r\n\r\nx", "503"),
        ("POST /read HTTP/1.1\r\nHost: demo\r\nContent-Length: 1\r\n\r\nx", "200"),
    ] {
        assert_eq!(sent(&app, head).await, format!("HTTP/1.1 {status}"), "{head}");
    }
}

#[tokio::test]
async fn a_host_is_named_once() {
    let app = demo().await;
    for (hosts, status) in [("Host: demo\r\n", "200"), ("Host: evil.example\r\nHost: demo\r\n", "400"), ("", "400")] {
        let request = format!("GET /hello HTTP/1.1\r\n{hosts}\r\n");
        assert_eq!(sent(&app, &request).await, format!("HTTP/1.1 {status}"), "{hosts}");
    }
}

#[tokio::test]
async fn an_address_that_is_too_long_is_refused() {
    let app = demo().await;
    let path = |length: usize| format!("/nowhere?{}", "x".repeat(length - "/nowhere?".len()));
    assert_eq!(app.get(&path(8_192)).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_snapshot!(shown(app.get(&path(8_193))).await);
    assert_eq!(app.get(&path(60_000)).send().await.unwrap().headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn headers_that_are_too_many_or_too_large_are_refused() {
    let app = demo().await;
    let many = |count: usize| (0..count).fold(app.get("/hello"), |request, n| request.header(format!("x-{n}"), "1"));
    assert_eq!(many(90).send().await.unwrap().status(), StatusCode::OK);
    assert_snapshot!(shown(many(101)).await);
    let large = |bytes: usize| app.get("/hello").header("x-large", "x".repeat(bytes));
    assert_eq!(large(32_000).send().await.unwrap().status(), StatusCode::OK);
    assert!(shown(large(100_000)).await.starts_with("431"));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_without_a_body() {
    let app = demo().await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: demo\r\n\r\n", "x".repeat(70_000));
    let large = format!("GET / HTTP/1.1\r\nHost: demo\r\nX: {}\r\n\r\n", "x".repeat(200_000));
    for (request, status) in [("HELLO\r\n\r\n", "400"), (&long, "414"), (&large, "431")] {
        assert_eq!(sent(&app, request).await, format!("HTTP/1.1 {status}"));
    }
}
