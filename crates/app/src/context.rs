//! What the handlers of an app share.

use atriz_core_http::SignIn;
use atriz_db::{Database, Environment};
use atriz_kernel::SharedClock;
use axum::extract::FromRef;

/// What the handlers of an app share. Clones share the pools.
#[derive(Clone, Debug)]
pub struct Context {
    /// The app's own database.
    pub database: Database,
    /// Where the time comes from.
    pub clock: SharedClock,
    /// Whether the app can tell who is asking.
    pub sign_in: SignIn,
}

impl Context {
    pub(crate) fn new(database: Database, clock: SharedClock, environment: Environment) -> Self {
        Self { database, clock, sign_in: sign_in(environment) }
    }
}

/// Demo data are in no database of production, so there and only there private data are real.
fn sign_in(environment: Environment) -> SignIn {
    match environment {
        Environment::Development | Environment::Test => SignIn::Waived,
        Environment::Production => SignIn::Unavailable,
    }
}

impl FromRef<Context> for SignIn {
    fn from_ref(context: &Context) -> Self {
        context.sign_in
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_is_closed() {
        assert_eq!(sign_in(Environment::Production), SignIn::Unavailable);
        assert_eq!(sign_in(Environment::Development), SignIn::Waived);
    }
}
