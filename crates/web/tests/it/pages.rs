//! Pages of a list.

use atriz_kernel::Cursor;
use atriz_web::{Page, PageQuery, Problem, Query};
use axum::Router;
use axum::extract::OriginalUri;
use axum::response::Response;
use axum::routing::get;
use insta::assert_snapshot;
use serde::Deserialize;

use crate::support::{Running, shown, start_routes};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    parity: Option<String>,
    #[serde(flatten)]
    page: PageQuery,
}

/// The numbers 1 to 7, each with its own as the sort key, read as a database would: one row more than asked for.
async fn numbers(Query(query): Query<Numbers>, OriginalUri(uri): OriginalUri) -> Result<Response, Problem> {
    let after: u32 = query.page.key()?.unwrap_or(0);
    let even = query.parity.as_deref() == Some("even");
    let rows = (1..=7).filter(|n| *n > after && (!even || n % 2 == 0)).take(query.page.limit() as usize + 1).collect();
    Ok(Page::from_rows(rows, &query.page, |n| *n).linked(&uri))
}

async fn app() -> Running {
    start_routes(Router::new().nest("/api/v1", Router::new().route("/numbers", get(numbers)))).await
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
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
}

#[tokio::test]
async fn a_cursor_of_another_list_is_refused() {
    let app = app().await;
    assert_snapshot!(shown(app.get("/api/v1/numbers?after=%00")).await);
    let foreign = Cursor::encode(&("text", 1));
    assert!(shown(app.get(&format!("/api/v1/numbers?after={foreign}"))).await.starts_with("400"));
}

#[test]
fn a_full_last_page_has_no_next() {
    let query = PageQuery { after: None, limit: Some(3) };
    assert_eq!(Page::from_rows(vec![1, 2, 3], &query, |n| *n).next, None);
    let page = Page::from_rows(vec![1, 2, 3, 4], &query, |n| *n).map(|n| n * 10);
    assert_eq!((page.items, page.next), (vec![10, 20, 30], Some(Cursor::encode(&3))));
}

#[test]
fn a_limit_made_by_hand_stays_within_the_range() {
    let limit = |limit| PageQuery { after: None, limit }.limit();
    assert_eq!((limit(Some(0)), limit(Some(9_999)), limit(None)), (1, 200, 50));
}
