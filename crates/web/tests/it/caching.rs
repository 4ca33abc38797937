//! Bodies that a caller may have already.

use atriz_web::Cached;
use axum::Router;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use insta::assert_snapshot;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Running, shown_in_full, start_routes};

async fn versioned(Path(latest): Path<u8>, headers: HeaderMap) -> Response {
    atriz_web::versioned(&headers, 17, &json!({ "latest": latest, "version": 17 }))
}

async fn demo() -> Running {
    let tree = Cached::json(&json!({ "categories": ["books"] })).unwrap();
    let own = tree.clone().with_cache_control("private, max-age=60");
    let routes = Router::new()
        .route("/tree", get(async move |headers: HeaderMap| tree.respond(&headers)))
        .route("/own", get(async move |headers: HeaderMap| own.respond(&headers)))
        .route("/versioned/{latest}", get(versioned))
        .route("/row", get(|| async { ([("etag", atriz_web::version_etag(17))], "row") }));
    start_routes(routes).await
}

#[tokio::test]
async fn the_first_answer_has_body_and_tag() {
    assert_snapshot!(shown_in_full(demo().await.get("/tree")).await);
}

#[tokio::test]
async fn the_second_has_neither_body_nor_type() {
    let app = demo().await;
    let tag = app.get("/tree").send().await.unwrap().headers()["etag"].clone();
    assert_snapshot!(shown_in_full(app.get("/tree").header("if-none-match", tag)).await);
}

#[tokio::test]
async fn any_of_several_tags_will_do() {
    let app = demo().await;
    let tag = app.get("/tree").send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    let inner = tag.trim_matches('"').to_owned();
    for (given, status) in [
        (format!("\"other\", {tag}"), StatusCode::NOT_MODIFIED),
        (format!("W/{tag}"), StatusCode::NOT_MODIFIED),
        ("*".to_owned(), StatusCode::NOT_MODIFIED),
        ("\"other\"".to_owned(), StatusCode::OK),
        (inner, StatusCode::OK),
    ] {
        let answer = app.get("/tree").header("if-none-match", &given).send().await.unwrap();
        assert_eq!(answer.status(), status, "{given}");
    }
}

#[tokio::test]
async fn what_a_handler_says_of_caching_holds() {
    let app = demo().await;
    let cache_control = async |path| app.get(path).send().await.unwrap().headers()["cache-control"].clone();
    assert_eq!(cache_control("/own").await, "private, max-age=60");
    assert_eq!(cache_control("/row").await, "private, no-cache", "a tag without a word may be kept and asked for");
    assert_eq!(cache_control("/health/live").await, "no-store");
}

#[tokio::test]
async fn a_row_with_a_version_is_shown_until_it_is_known() {
    let app = demo().await;
    let tag = app.get("/versioned/1").send().await.unwrap().headers()["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with("\"17-") && tag.len() == 37, "{tag}");
    assert_snapshot!(shown_in_full(app.get("/versioned/1").header("if-none-match", &tag)).await);
    // What is shown with the row has changed, the row has not.
    let changed = app.get("/versioned/2").header("if-none-match", &tag).send().await.unwrap();
    assert_eq!(changed.status(), StatusCode::OK);
}

#[test]
fn another_body_has_another_tag() {
    let (one, two) = (Cached::json("one").unwrap(), Cached::json("two").unwrap());
    assert_ne!(one.etag(), two.etag());
    assert_eq!(one.etag(), Cached::new("application/json", "\"one\"").etag());
    assert_eq!(&**one.body(), b"\"one\"");
}
