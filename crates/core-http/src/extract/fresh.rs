//! Whoever is signed in right now, or proved it a moment ago.

use std::ops::Deref;
use std::sync::Arc;

use atriz_core::Caller;
use atriz_web::Problem;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::Auth;
use crate::problem::problem_of;
use crate::state::AuthState;

/// Whoever is signed in, looked up in this moment: a session that was revoked, or an account that was disabled, is refused
/// at once.
#[derive(Clone, Debug)]
pub struct AuthFresh(pub Arc<Caller>);

impl Deref for AuthFresh {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for AuthFresh
where
    AuthState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Auth(caller) = Auth::from_request_parts(parts, state).await?;
        AuthState::from_ref(state).verifier().fresh(&caller).await.map_err(problem_of)?;
        Ok(Self(caller))
    }
}

/// As [`AuthFresh`], and they proved who they are within [`STEP_UP_AGE`](super::STEP_UP_AGE), with their second factor
/// if they have one. An API key proves nothing: behind it, nobody
/// may be sitting.
#[derive(Clone, Debug)]
pub struct SteppedUp(pub Arc<Caller>);

impl Deref for SteppedUp {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SteppedUp
where
    AuthState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let AuthFresh(caller) = AuthFresh::from_request_parts(parts, state).await?;
        AuthState::from_ref(state).verifier().stepped_up(&caller).await.map_err(problem_of)?;
        Ok(Self(caller))
    }
}
