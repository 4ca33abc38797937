//! The OpenAPI document and its page.

use atriz_web::{IdempotencyKey, IfMatch, Json, Page, PageQuery, Problem};
use insta::assert_json_snapshot;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::support::{Running, app, start};

#[derive(Deserialize, Serialize, ToSchema)]
struct Item {
    /// What it is called.
    title: String,
}

/// Lists items.
#[utoipa::path(get, path = "/items", tag = "items", params(PageQuery), responses((status = 200, body = Page<Item>)))]
async fn list() -> Page<Item> {
    Page { items: Vec::new(), next: None }
}

/// Adds an item.
#[utoipa::path(post, path = "/items", tag = "items", params(IdempotencyKey), request_body = Item,
    responses((status = 201, body = Item), (status = 409, body = Problem, content_type = "application/problem+json")))]
async fn add(_: IdempotencyKey, Json(item): Json<Item>) -> Json<Item> {
    Json(item)
}

/// Changes an item.
#[utoipa::path(patch, path = "/items/{id}", tag = "items", params(("id" = String, Path), IfMatch), responses((status = 204)))]
async fn change(_: IfMatch) {}

mod shops {
    /// Lists shops.
    #[utoipa::path(get, path = "/shops", tag = "shops", responses((status = 200)))]
    pub(super) async fn list() {}

    /// Lists them in another way.
    #[utoipa::path(get, path = "/shops/all", operation_id = "list", tag = "shops", responses((status = 200)))]
    pub(super) async fn list_all() {}
}

async fn demo() -> Running {
    let items = OpenApiRouter::new().routes(routes!(list, add)).routes(routes!(change));
    let app = app().description("Sells things.").api(OpenApiRouter::new().nest("/api/v1", items));
    let shops = OpenApiRouter::new().routes(routes!(shops::list)).routes(routes!(shops::list_all));
    start(app.api(shops).build()).await
}

#[tokio::test]
async fn the_document_tells_all() {
    let document: Value = demo().await.get("/openapi.json").send().await.unwrap().json().await.unwrap();
    assert_json_snapshot!(document);
}

#[tokio::test]
async fn every_reference_of_the_document_leads_somewhere() {
    let document: Value = demo().await.get("/openapi.json").send().await.unwrap().json().await.unwrap();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 5);
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn handlers_of_one_name_are_told_apart() {
    let document: Value = demo().await.get("/openapi.json").send().await.unwrap().json().await.unwrap();
    let id = |path: &str| document["paths"][path]["get"]["operationId"].clone();
    assert_eq!(id("/api/v1/items"), "items_list");
    assert_eq!((id("/shops"), id("/shops/all")), ("get__shops".into(), "get__shops_all".into()));
    assert_eq!(id("/health/live"), "live");
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere() {
    let app = demo().await;
    for (path, kind) in [("/docs", "text/html"), ("/docs.js", "text/javascript"), ("/docs.css", "text/css")] {
        let answer = app.get(path).send().await.unwrap();
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with(kind), "{path}");
        let text = answer.text().await.unwrap();
        assert!(text.len() > 300, "{path}");
        for foreign in ["http://", "https://", "//cdn", "@import", "url(", "innerHTML", "eval("] {
            assert!(!text.contains(foreign), "{path} has {foreign}");
        }
    }
}

#[tokio::test]
async fn the_page_forbids_what_it_does_not_need() {
    let answer = demo().await.get("/docs").send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    let page = answer.text().await.unwrap();
    // The policy lets no inline script or style run, so the page must not have any.
    assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("onclick"));
    assert_eq!(page.matches("<script").count(), page.matches("<script src=\"/docs.js\" defer></script>").count());
}
