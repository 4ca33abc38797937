//! Pages of a list.

use atriz_kernel::Cursor;
use atriz_web::{ListQuery, Page, Problem};
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use insta::assert_snapshot;
use serde::Deserialize;

use crate::support::{Running, shown, start_routes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    parity: Option<String>,
    colour: Option<String>,
}

/// The numbers 1 to 7, each with its own as the sort key, read as a database would: one row more than asked for.
async fn numbers(ListQuery { filters, page }: ListQuery<Numbers>) -> Result<Response, Problem> {
    let after: u32 = page.key()?.unwrap_or(0);
    let even = filters.parity.as_deref() == Some("even") || filters.colour.is_some();
    let rows = (1..=7).filter(|n| *n > after && (!even || n % 2 == 0)).take(page.limit() as usize + 1).collect();
    Ok(Page::from_rows(rows, &page, |n| *n).map(|n| n * 10).linked(&page))
}

async fn app() -> Running {
    let routes = Router::new().route("/numbers", get(numbers)).route("/of/{owner}/numbers", get(numbers));
    start_routes(Router::new().nest("/api/v1", routes)).await
}

#[tokio::test]
async fn a_page_leads_to_the_next() {
    assert_snapshot!(shown(app().await.get("/api/v1/numbers?parity=even&limit=2")).await);
}

#[tokio::test]
async fn following_the_links_shows_each_row_once() {
    let app = app().await;
    let (mut path, mut seen) = ("/api/v1/numbers?limit=3".to_owned(), Vec::<u32>::new());
    loop {
        let answer = app.get(&path).send().await.unwrap();
        let link = answer.headers().get("link").map(|value| value.to_str().unwrap().to_owned());
        let page: serde_json::Value = answer.json().await.unwrap();
        seen.extend(page["items"].as_array().unwrap().iter().map(|n| u32::try_from(n.as_u64().unwrap()).unwrap()));
        assert_eq!(link.is_some(), page["next"].is_string());
        let Some(link) = link else { break };
        path = link.strip_prefix('<').unwrap().split_once('>').unwrap().0.to_owned();
    }
    assert_eq!(seen, [10, 20, 30, 40, 50, 60, 70]);
}

async fn next(app: &Running, path: &str) -> serde_json::Value {
    let page: serde_json::Value = app.get(path).send().await.unwrap().json().await.unwrap();
    page["next"].clone()
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let app = app().await;
    assert_snapshot!(shown(app.get("/api/v1/numbers?after=%00")).await);
    let whole = next(&app, "/api/v1/numbers?limit=1").await;
    let whole = whole.as_str().unwrap();
    let even = next(&app, "/api/v1/numbers?limit=1&parity=even").await;
    let even = even.as_str().unwrap();
    let foreign = Cursor::encode(&("text", 1));
    for (path, cursor) in [
        ("/api/v1/numbers?", even),
        ("/api/v1/numbers?parity=odd&", even),
        ("/api/v1/numbers?colour=even&", even),
        ("/api/v1/numbers?parity=even&colour=red&", even),
        ("/api/v1/numbers?parity=even&", whole),
        ("/api/v1/of/ann/numbers?", whole),
        ("/api/v1/numbers?", &foreign),
        ("/api/v1/numbers?", ""),
    ] {
        let answer = app.get(&format!("{path}after={cursor}")).send().await.unwrap();
        assert_eq!(answer.status(), 400, "{path}{cursor}");
        let problem: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(problem["errors"][0]["field"], "after", "{problem}");
    }
}

#[tokio::test]
async fn the_order_of_filters_and_the_size_of_pages_may_change_on_the_way() {
    let app = app().await;
    let cursor = next(&app, "/api/v1/numbers?limit=1&parity=even&colour=red").await;
    let path = format!("/api/v1/numbers?colour=red&after={}&parity=%65ven", cursor.as_str().unwrap());
    let page: serde_json::Value = app.get(&path).send().await.unwrap().json().await.unwrap();
    assert_eq!(page["items"], serde_json::json!([40, 60]));
}

#[tokio::test]
async fn a_full_last_page_has_no_next() {
    let app = app().await;
    assert!(next(&app, "/api/v1/numbers?limit=7").await.is_null());
    assert!(next(&app, "/api/v1/numbers?limit=6").await.is_string());
}
