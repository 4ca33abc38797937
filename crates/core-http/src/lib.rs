//! The only axum code that knows the authentication database.
//!
//! * An app's handlers say who may call them by an extractor: [`Public`], [`Auth`], [`AuthFresh`], [`SteppedUp`],
//!   [`Require`], [`RequireFresh`] or [`RequireSteppedUp`], with permissions made by [`permission!`]. Their router's state
//!   gives an [`AuthState`].
//! * The app that is the issuer mounts [`issuer_routes`] besides, and an app that is a verifier [`verifier_routes`].
//!
//! **Invariant:** every handler has a rule. Whatever belongs to a person, a fleet or a store is behind one of the
//! extractors, and what is not says so.

mod client;
mod cookie;
mod csrf;
mod extract;
mod openapi;
mod pages;
mod precedence;
mod problem;
mod routes;
mod scope;
mod state;

/// Who asks, as the extractors hand it to handlers.
pub use atriz_core::Caller;
pub use client::{Sender, TrustedProxies};
pub use extract::{
    Auth, AuthFresh, Permission, Public, Require, RequireFresh, RequireSteppedUp, STEP_UP_AGE, SteppedUp,
};
pub use openapi::{BEARER_SCHEME, CLIENT_SCHEME, COOKIE_SCHEME, with_security};
pub use precedence::before_sign_ins;
pub use problem::{Refusal, problem_of};
pub use routes::{issuer_routes, verifier_routes};
pub use scope::sees_all;
pub use state::{AuthState, IssuerState};
