//! What the handlers of an app share.

use atriz_core_http::AuthState;
use atriz_db::Database;
use atriz_kernel::SharedClock;
use axum::extract::FromRef;

/// What the handlers of an app share. Clones share the pools.
#[derive(Clone, Debug)]
pub struct Context {
    /// The app's own database.
    pub database: Database,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// What tells who is asking.
    pub auth: AuthState,
}

impl FromRef<Context> for AuthState {
    fn from_ref(context: &Context) -> Self {
        context.auth.clone()
    }
}
