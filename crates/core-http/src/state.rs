//! What tells a handler who is asking.

use std::fmt;
use std::sync::Arc;

use atriz_core::{AuthSettings, Issuer, Verifier};
use axum::extract::FromRef;

use crate::client::TrustedProxies;
use crate::cookie::HostCookie;

/// What an app knows about signing in. The state of a router that has extractors of this crate gives it, through
/// `FromRef`, so that forgetting to is an error of the compiler.
#[derive(Clone)]
pub struct AuthState(Arc<Inner>);

struct Inner {
    app: String,
    verifier: Verifier,
    cookie: HostCookie,
    proxies: TrustedProxies,
}

impl AuthState {
    /// For the app with this code, which is also the audience of its tokens.
    pub fn new(app: &str, verifier: Verifier, settings: &AuthSettings) -> Self {
        let proxies = TrustedProxies::new(&settings.trusted_proxies);
        Self(Arc::new(Inner { app: app.to_owned(), verifier, cookie: HostCookie::of(app), proxies }))
    }

    /// The app's code.
    pub fn app(&self) -> &str {
        &self.0.app
    }

    /// What checks tokens, cookies and keys.
    pub fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }

    pub(crate) fn cookie(&self) -> &HostCookie {
        &self.0.cookie
    }

    pub(crate) fn proxies(&self) -> &TrustedProxies {
        &self.0.proxies
    }
}

impl fmt::Debug for AuthState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthState").field("app", &self.0.app).finish_non_exhaustive()
    }
}

/// What the routes of the issuer share.
#[derive(Clone)]
pub struct IssuerState {
    /// Who asks, as in every app.
    pub(crate) auth: AuthState,
    /// The issuer itself.
    pub(crate) issuer: Issuer,
}

impl IssuerState {
    /// An app that shows the issuer's face at `/auth`.
    pub fn new(auth: AuthState, issuer: Issuer) -> Self {
        Self { auth, issuer }
    }
}

impl FromRef<IssuerState> for AuthState {
    fn from_ref(state: &IssuerState) -> Self {
        state.auth.clone()
    }
}
