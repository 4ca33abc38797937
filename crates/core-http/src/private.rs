//! What only those who are signed in may see.

use atriz_web::Problem;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

/// Whether an app can tell who is asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// It cannot, and everybody may see everything: for development and tests alone, where all data are made up.
    Waived,
    /// It cannot, so nobody may see what is private.
    Unavailable,
}

/// Stands before what belongs to a person, a fleet or a store: a handler that has it as an argument answers 401 where
/// [`SignIn`] says so. The state of the handler's router tells it, through [`FromRef`], so that forgetting to is an
/// error of the compiler.
#[derive(Clone, Copy, Debug)]
pub struct Private(());

impl<S> FromRequestParts<S> for Private
where
    S: Send + Sync,
    SignIn: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Problem> {
        match SignIn::from_ref(state) {
            SignIn::Waived => Ok(Self(())),
            SignIn::Unavailable => Err(unavailable()),
        }
    }
}

/// RFC 9110 asks for a challenge in every 401; this is the one that will be met once there are access tokens.
fn unavailable() -> Problem {
    Problem::unauthorized("Bearer").with_detail("This is private, and sign-in is not available in this version.")
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode, header};
    use axum::routing::get;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;

    async fn ask(sign_in: SignIn) -> axum::response::Response {
        let routes = Router::new().route("/", get(async |_: Private| "vehicles")).with_state(sign_in);
        routes.oneshot(Request::new(Body::empty())).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_private_is_closed_until_somebody_can_sign_in() {
        let answer = ask(SignIn::Unavailable).await;
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers()[header::WWW_AUTHENTICATE], "Bearer");
        let body: Value = serde_json::from_slice(&to_bytes(answer.into_body(), 10_000).await.unwrap()).unwrap();
        assert_eq!(body["type"], json!("https://atriz.example/problems/unauthorized"));
        assert_eq!(body["detail"], json!("This is private, and sign-in is not available in this version."));
    }

    #[tokio::test]
    async fn made_up_data_are_open() {
        assert_eq!(ask(SignIn::Waived).await.status(), StatusCode::OK);
    }
}
