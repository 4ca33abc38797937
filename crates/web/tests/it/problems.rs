//! Every kind of problem, as it is written.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use atriz_web::{FieldError, PROBLEM_TYPE_BASE, Problem};
use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use insta::assert_snapshot;

use crate::support::{shown, start_routes};

#[derive(Debug)]
struct Broken(&'static str, Option<Box<Broken>>);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Broken {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_ref().map(|cause| &**cause as &dyn Error)
    }
}

fn broken() -> Broken {
    Broken("saving failed", Some(Box::new(Broken("table users at 10.0.0.7 is gone", None))))
}

fn out_of_stock() -> Problem {
    Problem::new(StatusCode::CONFLICT, "out-of-stock", "There is not enough of it")
        .with_detail("3 are left of SKU-1.")
        .with("available", 3)
        .with("status", "an extension member cannot take this name")
}

async fn answer_of(problem: fn() -> Problem) -> String {
    let app = start_routes(Router::new().route("/", get(async move || problem()))).await;
    shown(app.get("/")).await
}

macro_rules! snapshots {
    ($($name:ident: $problem:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            assert_snapshot!(answer_of(|| $problem).await);
        }
    )*};
}

snapshots! {
    bad_request: Problem::bad_request("The range ends before it starts.").with_field("to", "is before `from`");
    unauthorized: Problem::unauthorized("Bearer");
    forbidden: Problem::forbidden("Only the owner may do this.");
    not_found: Problem::not_found();
    conflict: Problem::conflict("A category with items cannot be deleted.");
    precondition_failed: Problem::precondition_failed();
    precondition_required: Problem::precondition_required();
    unprocessable: Problem::unprocessable([FieldError::new("lines[2].quantity", "must be positive")]);
    too_many_requests: Problem::too_many_requests(Duration::from_millis(1_500));
    of_an_app: out_of_stock();
    internal: Problem::internal(&broken());
    unavailable: Problem::unavailable(&broken(), Duration::from_secs(5));
}

#[tokio::test]
async fn no_5xx_body_tells_what_is_inside() {
    let dressed =
        || Problem::internal(&broken()).with_detail("SECRET").with_field("SECRET", "SECRET").with("SECRET", "SECRET");
    let body = answer_of(dressed).await;
    assert!(!body.contains("SECRET") && !body.contains("10.0.0.7"), "{body}");
    let members = body.lines().filter(|line| line.starts_with('"') && line.contains(':')).count();
    assert_eq!(members, 4, "type, title, status and request_id: {body}");
}

#[tokio::test]
async fn a_problem_keeps_headers_that_a_layer_added() {
    let routes = Router::new().route("/", get(|| async { Problem::not_found() })).layer(
        axum::middleware::map_response(|response: axum::response::Response| async { ([("x-layer", "1")], response) }),
    );
    let answer = start_routes(routes).await.get("/").send().await.unwrap();
    assert_eq!(answer.headers()["x-layer"], "1");
    assert!(answer.text().await.unwrap().contains("request_id"));
}

#[test]
fn outside_of_a_server_a_problem_is_complete_but_for_the_id() {
    let response = Problem::not_found().into_response();
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(response.headers()["content-type"], atriz_web::PROBLEM_JSON);
    assert!(PROBLEM_TYPE_BASE.ends_with('/'));
}
