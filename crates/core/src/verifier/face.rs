//! What a verifier asks of its issuer, wherever that is.

use std::collections::HashMap;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::revocation::RevocationSource;
use crate::sessions::SessionCookie;
use crate::{AuthError, Caller, Client};

/// An issuer as a verifier sees it.
#[async_trait]
pub(crate) trait Face: RevocationSource {
    /// Whether it knows a session only by the credential that is shown to it.
    fn is_elsewhere(&self) -> bool;

    /// The public keys whose tokens are good; `anew` wants them as they are now.
    async fn keys(&self, anew: bool) -> Result<HashMap<String, [u8; 32]>, AuthError>;

    /// Whom a cookie or an API key speaks for.
    async fn opaque(&self, credential: &str, audience: &str) -> Result<Caller, AuthError>;

    /// Asks that the session of a person who has a second factor was proven by one. `credential` is what it was shown,
    /// where that is still known.
    async fn strong(&self, caller: &Caller, credential: Option<&SecretString>) -> Result<(), AuthError>;

    /// The cookie of a session that a code is good for. An issuer in this process hands sessions out by itself.
    async fn redeem(
        &self,
        _code: &SecretString,
        _verifier: &SecretString,
        _redirect_uri: &str,
    ) -> Result<SessionCookie, AuthError> {
        Err(AuthError::Unsupported("codes within the issuer's own process"))
    }

    /// Ends what a credential belongs to. An issuer in this process ends sessions by itself.
    async fn revoke(&self, _credential: &SecretString) -> Result<(), AuthError> {
        Err(AuthError::Unsupported("giving back tokens within the issuer's own process"))
    }

    /// Notes that a caller was refused for want of a permission, where there is an audit trail at hand.
    async fn refused(&self, caller: &Caller, permission: &'static str, client: &Client) -> Result<(), AuthError>;

    /// Whether a caller's session or key is good now. `credential` is what it was shown, where that is still known.
    async fn fresh(&self, caller: &Caller, credential: Option<&SecretString>) -> Result<(), AuthError>;
}
