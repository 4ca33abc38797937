//! What the extractors refuse, and how they name it.

use atriz_web::{Json, ListQuery, MAX_JSON_DEPTH, Path, Query};
use axum::Router;
use axum::routing::{get, post};
use insta::assert_snapshot;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::support::{Running, shown, start_routes};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Filter {
    category: Option<String>,
    price_lte: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Lenient {
    category: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Order {
    customer: String,
    lines: Vec<Line>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Line {
    sku: String,
    quantity: u32,
}

#[derive(Debug, Deserialize)]
struct TrackPath {
    vehicle: Uuid,
    day: u32,
}

async fn list(ListQuery { filters, page }: ListQuery<Filter>) -> String {
    format!("{:?} {:?} {:?} {}", filters.category, filters.price_lte, page.given(), page.limit())
}

async fn app() -> Running {
    let routes = Router::new()
        .route("/items", get(list))
        .route("/lenient", get(|Query(query): Query<Lenient>| async { query.category }))
        .route("/items/{id}", get(|Path(id): Path<Uuid>| async move { id.to_string() }))
        .route("/pairs/{a}/{b}", get(|Path((a, b)): Path<(u8, u8)>| async move { format!("{a} {b}") }))
        .route("/track/{vehicle}/{day}", get(async |Path(p): Path<TrackPath>| format!("{} {}", p.vehicle, p.day)))
        .route("/misdeclared/{a}", get(|Path((a, b)): Path<(u8, u8)>| async move { format!("{a} {b}") }))
        .route("/orders", post(|Json(order): Json<Order>| async { Json(order) }))
        .route("/any", post(|Json(_): Json<serde_json::Value>| async { "read" }))
        .route("/small", post(|Json(_): Json<serde_json::Value>| async { "read" }).layer(atriz_web::body_limit(10)))
        .route("/large", post(|Json(_): Json<String>| async { "read" }).layer(atriz_web::body_limit(1 << 20)));
    start_routes(routes).await
}

async fn text(app: &Running, path: &str) -> String {
    app.get(path).send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn a_query_with_filters_and_a_page_is_read() {
    let app = app().await;
    assert_eq!(text(&app, "/items").await, "None None None 50");
    let query = "/items?category=b%26w+2&price_lte=-5&after=xyz&limit=7";
    assert_eq!(text(&app, query).await, r#"Some("b&w 2") Some(-5) Some("after") 7"#);
    assert_eq!(text(&app, "/items?&limit=7&&category=").await, r#"Some("") None Some("limit") 7"#);
}

#[tokio::test]
async fn an_unknown_query_parameter_is_refused() {
    assert_snapshot!(shown(app().await.get("/items?categry=books")).await);
}

#[tokio::test]
async fn a_repeated_query_parameter_is_refused() {
    assert_snapshot!(shown(app().await.get("/items?category=a&category=b")).await);
}

#[tokio::test]
async fn a_query_that_is_no_text_is_refused() {
    let app = app().await;
    for (query, field) in [("category=%ff", "category"), ("category=%C3%28", "category"), ("after=%ff", "after")] {
        for path in ["/items", "/lenient"] {
            let answer = app.get(&format!("{path}?{query}")).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{path}?{query}");
            let error = answer.json::<serde_json::Value>().await.unwrap()["errors"][0].clone();
            assert_eq!(error, serde_json::json!({ "field": field, "message": "is not valid UTF-8" }), "{path}?{query}");
        }
    }
}

#[tokio::test]
async fn a_query_parameter_of_another_type_is_refused() {
    assert_snapshot!(shown(app().await.get("/items?price_lte=cheap")).await);
}

#[tokio::test]
async fn limits_outside_of_the_range_are_refused() {
    let app = app().await;
    for limit in ["0", "201", "-1", "ten", "", "5000000000"] {
        let answer = app.get(&format!("/items?limit={limit}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{limit}");
        let error = answer.json::<serde_json::Value>().await.unwrap()["errors"][0].clone();
        let named = serde_json::json!({ "field": "limit", "message": "must be a number from 1 to 200" });
        assert_eq!(error, named, "{limit}");
    }
    assert_eq!(text(&app, "/items?limit=200").await, r#"None None Some("limit") 200"#);
}

#[tokio::test]
async fn a_struct_that_allows_unknown_parameters_gets_them() {
    assert_eq!(text(&app().await, "/lenient?category=a&other=b").await, "a");
}

#[tokio::test]
async fn a_path_parameter_of_another_type_is_named() {
    let app = app().await;
    assert_snapshot!(shown(app.get("/items/17")).await);
    for (path, field) in
        [("/pairs/1/300", "b"), ("/pairs/x/3", "a"), ("/track/nope/3", "vehicle"), ("/items/%ff", "id")]
    {
        let answer = app.get(path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{path}");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(body["errors"][0]["field"], field, "{path}: {body}");
    }
    assert_eq!(text(&app, "/pairs/1/2").await, "1 2");
}

#[tokio::test]
async fn a_handler_at_odds_with_its_route_is_our_mistake() {
    let answer = app().await.get("/misdeclared/1").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!answer.text().await.unwrap().contains("arguments"));
}

#[tokio::test]
async fn a_body_is_read_and_written() {
    let order = r#"{"customer":"c","lines":[{"sku":"a","quantity":2}]}"#;
    let app = app().await;
    for kind in ["application/json", "application/json; charset=utf-8", "application/vnd.demo+json"] {
        let answer = app.post("/orders").header("content-type", kind).body(order).send().await.unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.text().await.unwrap(), order);
    }
}

async fn posted(path: &str, body: impl Into<reqwest::Body>) -> String {
    shown(app().await.post(path).header("content-type", "application/json").body(body)).await
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    assert_snapshot!(posted("/orders", "{\"customer\": }").await);
}

#[tokio::test]
async fn a_body_that_goes_on_after_its_end_is_refused() {
    assert!(posted("/any", "{} {}").await.starts_with("400"));
    assert!(posted("/any", "").await.starts_with("400"));
}

#[tokio::test]
async fn a_member_of_another_type_is_named() {
    let body = r#"{"customer": "c", "lines": [{"sku": "a", "quantity": 1}, {"sku": "b", "quantity": -1}]}"#;
    assert_snapshot!(posted("/orders", body).await);
}

#[tokio::test]
async fn unknown_missing_and_repeated_members_are_named() {
    for (body, field) in [
        (r#"{"customer": "c", "lines": [], "note": ""}"#, "note"),
        (r#"{"customer": "c", "lines": [{"sku": "a"}]}"#, "lines[0].quantity"),
        (r#"{"customer": "c", "lines": [{"sku": "a", "quantity": 1, "unit": 1}]}"#, "lines[0].unit"),
        (r#"{"customer": "c", "customer": "d", "lines": []}"#, "customer"),
        (r#"{"lines": []}"#, "customer"),
    ] {
        let answer = posted("/orders", body).await;
        assert!(answer.starts_with("422"), "{body}: {answer}");
        assert!(answer.contains(&format!("\"field\":\"{field}\"")), "{body}: {answer}");
    }
}

#[tokio::test]
async fn members_are_not_told_by_their_order() {
    for body in [r#"["c", []]"#, " \n[]"] {
        let answer = posted("/orders", body).await;
        assert!(answer.starts_with("422") && answer.contains("must be an object"), "{body}: {answer}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_call_itself_json_is_refused() {
    let app = app().await;
    assert_snapshot!(shown(app.post("/orders").header("content-type", "text/plain").body("{}")).await);
    assert_eq!(app.post("/orders").body("{}").send().await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let body = |length: usize| format!("\"{}\"", "x".repeat(length - 2));
    assert_snapshot!(posted("/any", body(64 * 1024 + 1)).await);
    assert!(posted("/any", body(64 * 1024)).await.starts_with("200"));
    assert!(posted("/small", body(11)).await.starts_with("413"));
    assert!(posted("/large", body(64 * 1024 + 1)).await.starts_with("200"));
}

#[tokio::test]
async fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{{\"a\": {}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(posted("/any", nested(MAX_JSON_DEPTH)).await.starts_with("200"));
    assert!(posted("/any", nested(MAX_JSON_DEPTH + 1)).await.starts_with("400"));
    let in_text = format!(r#"{{"a": "\"{}"}}"#, "[".repeat(MAX_JSON_DEPTH + 1));
    assert!(posted("/any", in_text).await.starts_with("200"));
}
