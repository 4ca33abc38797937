//! The headers that make a change safe: `If-Match` and `Idempotency-Key`.

use atriz_web::{IdempotencyKey, IfMatch};
use axum::Router;
use axum::routing::{get, post};
use insta::assert_snapshot;

use crate::support::{Running, shown, start_routes};

async fn demo() -> Running {
    let routes = Router::new()
        .route("/change", get(|IfMatch(version): IfMatch| async move { version.to_string() }))
        .route("/create", post(|key: IdempotencyKey| async move { key.as_str().to_owned() }));
    start_routes(routes).await
}

#[tokio::test]
async fn a_change_names_the_version_it_saw() {
    let app = demo().await;
    let answer = app.get("/change").header("if-match", atriz_web::version_etag(17)).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "17");
    assert_snapshot!(shown(app.get("/change")).await);
}

#[tokio::test]
async fn a_tag_that_no_version_has_does_not_match() {
    let app = demo().await;
    for (tag, status) in [
        ("\"abc\"", 412),
        ("17", 412),
        ("W/\"17\"", 412),
        ("\"017\"", 412),
        ("\"+17\"", 412),
        ("\"-17\"", 200),
        ("\"17-\"", 412),
        ("\"17-00112233445566778899AABBCCDDEEFF\"", 412),
        ("\"17-00112233445566778899aabbccddeeff\"", 200),
        ("\"017-00112233445566778899aabbccddeeff\"", 412),
        ("\"-00112233445566778899aabbccddeeff\"", 412),
        ("\"99999999999999999999\"", 412),
        ("*", 400),
        ("\"16\", \"17\"", 400),
    ] {
        assert_eq!(app.get("/change").header("if-match", tag).send().await.unwrap().status(), status, "{tag}");
    }
}

#[tokio::test]
async fn a_key_is_read_with_or_without_quotes() {
    let app = demo().await;
    for given in ["till-7/000123", "\"till-7/000123\""] {
        let answer = app.post("/create").header("idempotency-key", given).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "till-7/000123");
    }
}

#[tokio::test]
async fn a_missing_key_is_refused() {
    assert_snapshot!(shown(demo().await.post("/create")).await);
}

#[tokio::test]
async fn so_is_one_that_is_no_key() {
    let app = demo().await;
    let long = "x".repeat(256);
    for given in ["", "\"\"", "a b", "a\"b", &long] {
        let answer = app.post("/create").header("idempotency-key", given).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{given}");
    }
    let twice = app.post("/create").header("idempotency-key", "a").header("idempotency-key", "b");
    assert_eq!(twice.send().await.unwrap().status(), 400);
}
