//! Whoever holds a permission.

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use atriz_core::Caller;
use atriz_web::Problem;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;

use super::{Auth, AuthFresh, Permission};
use crate::client::client_of;
use crate::problem::{insufficient, problem_of};
use crate::state::AuthState;

/// Whoever holds permission `P`, as [`Auth`] finds them.
#[derive(Debug)]
pub struct Require<P>(pub Arc<Caller>, PhantomData<fn() -> P>);

/// Whoever holds permission `P`, as [`AuthFresh`] finds them: for administration and money.
#[derive(Debug)]
pub struct RequireFresh<P>(pub Arc<Caller>, PhantomData<fn() -> P>);

/// Whoever holds permission `P` and proved a moment ago who they are, as [`SteppedUp`](super::SteppedUp) finds them: for
/// what would be worth stealing a session.
#[derive(Debug)]
pub struct RequireSteppedUp<P>(pub Arc<Caller>, PhantomData<fn() -> P>);

impl<P> Deref for Require<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P> Deref for RequireFresh<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P> Deref for RequireSteppedUp<P> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P: Permission, S: Send + Sync> FromRequestParts<S> for Require<P>
where
    AuthState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Auth(caller) = Auth::from_request_parts(parts, state).await?;
        holds::<P>(&caller, parts, &AuthState::from_ref(state)).await?;
        Ok(Self(caller, PhantomData))
    }
}

impl<P: Permission, S: Send + Sync> FromRequestParts<S> for RequireFresh<P>
where
    AuthState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let AuthFresh(caller) = AuthFresh::from_request_parts(parts, state).await?;
        holds::<P>(&caller, parts, &AuthState::from_ref(state)).await?;
        Ok(Self(caller, PhantomData))
    }
}

impl<P: Permission, S: Send + Sync> FromRequestParts<S> for RequireSteppedUp<P>
where
    AuthState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let AuthFresh(caller) = AuthFresh::from_request_parts(parts, state).await?;
        // Whoever may not is told so, rather than asked for a password in vain.
        holds::<P>(&caller, parts, &AuthState::from_ref(state)).await?;
        AuthState::from_ref(state).verifier().stepped_up(&caller).await.map_err(problem_of)?;
        Ok(Self(caller, PhantomData))
    }
}

async fn holds<P: Permission>(caller: &Caller, parts: &Parts, state: &AuthState) -> Result<(), Problem> {
    if caller.may(P::NAME) {
        return Ok(());
    }
    state.verifier().refused(caller, P::NAME, &client_of(parts, state)).await;
    Err(insufficient(P::NAME))
}
