//! What a verifier asks of its issuer, wherever that is.

use std::collections::HashMap;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::revocation::RevocationSource;
use crate::{AuthError, Caller};

/// An issuer as a verifier sees it.
#[async_trait]
pub(crate) trait Face: RevocationSource {
    /// Whether it knows a session only by the credential that is shown to it.
    fn is_elsewhere(&self) -> bool;

    /// The public keys whose tokens are good; `anew` wants them as they are now.
    async fn keys(&self, anew: bool) -> Result<HashMap<String, [u8; 32]>, AuthError>;

    /// Whom a cookie or an API key speaks for.
    async fn opaque(&self, credential: &str, audience: &str) -> Result<Caller, AuthError>;

    /// Asks that the session of a person who has a second factor was proven by one. An issuer elsewhere is not asked: when
    /// a second factor is added, all sessions but the one that adds it end.
    async fn strong(&self, _caller: &Caller) -> Result<(), AuthError> {
        Ok(())
    }

    /// Whether a caller's session or key is good now. `credential` is what it was shown, where that is still known.
    async fn fresh(&self, caller: &Caller, credential: Option<&SecretString>) -> Result<(), AuthError>;
}
