//! The request's id: kept when it is harmless, else replaced.

use atriz_web::{REQUEST_ID, RequestId};
use axum::Router;
use axum::routing::get;
use uuid::Uuid;

use crate::support::{Running, start_routes};

async fn app() -> Running {
    start_routes(Router::new().route("/", get(|id: RequestId| async move { id.as_str().to_owned() }))).await
}

async fn sent(app: &Running, ids: &[&[u8]]) -> (String, String) {
    let request = app.client.get(app.url("/"));
    let request = ids.iter().fold(request, |request, id| request.header(REQUEST_ID, *id));
    let answer = request.send().await.unwrap();
    let echoed = answer.headers()[REQUEST_ID].to_str().unwrap().to_owned();
    (echoed, answer.text().await.unwrap())
}

#[tokio::test]
async fn a_good_id_is_kept() {
    let app = app().await;
    let long = "x".repeat(64);
    for id in ["a", "Till-7_2026.01", &long] {
        assert_eq!(sent(&app, &[id.as_bytes()]).await, (id.to_owned(), id.to_owned()));
    }
}

#[tokio::test]
async fn any_other_is_replaced() {
    let app = app().await;
    let long = "x".repeat(65);
    let bad: [&[&[u8]]; 8] =
        [&[], &[b""], &[b"a b"], &[b"a\tb"], &[b"a/b"], &["é".as_bytes()], &[long.as_bytes()], &[b"one", b"two"]];
    for ids in bad {
        let (echoed, inside) = sent(&app, ids).await;
        assert_eq!(echoed, inside, "one id throughout");
        assert!(Uuid::parse_str(&echoed).is_ok_and(|id| id.get_version_num() == 4), "{ids:?}: {echoed}");
    }
    assert_ne!(sent(&app, &[]).await, sent(&app, &[]).await);
}
