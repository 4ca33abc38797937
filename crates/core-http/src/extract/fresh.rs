//! Whoever is signed in right now, or proved it a moment ago.

use std::ops::Deref;
use std::sync::Arc;

use atriz_core::Caller;
use atriz_web::Problem;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use chrono::TimeDelta;

use super::Auth;
use crate::problem::{problem_of, step_up};
use crate::state::AuthState;

/// How long ago a person may have proved who they are for what demands it: ten minutes.
pub const STEP_UP_AGE: TimeDelta = TimeDelta::minutes(10);

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

/// As [`AuthFresh`], and they proved who they are within [`STEP_UP_AGE`]. An API key proves nothing: behind it, nobody
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
        recent(&caller, &AuthState::from_ref(state))?;
        Ok(Self(caller))
    }
}

pub(super) fn recent(caller: &Caller, state: &AuthState) -> Result<(), Problem> {
    let age = state.now() - caller.auth_time;
    if caller.session.is_some() && age <= STEP_UP_AGE { Ok(()) } else { Err(step_up()) }
}
