//! Whoever is signed in.

use std::ops::Deref;
use std::sync::Arc;

use atriz_core::Caller;
use atriz_web::Problem;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::credential;
use crate::state::AuthState;

/// Whoever is signed in, by an access token, an API key or this app's session cookie. A revocation is in force within
/// two seconds; what must not wait that long takes [`AuthFresh`](super::AuthFresh).
#[derive(Clone, Debug)]
pub struct Auth(pub Arc<Caller>);

impl Deref for Auth {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Auth
where
    AuthState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        credential::caller(parts, &AuthState::from_ref(state)).await.map(Self)
    }
}
