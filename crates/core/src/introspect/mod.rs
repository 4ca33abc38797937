//! What apps ask the issuer about tokens, and what they tell it (RFC 7662, RFC 7009).

mod answer;
mod client;
mod kind;
mod revoke;
mod secret;

use crate::AuthError;
use crate::api_keys::ApiKeys;
use crate::caller::Caller;
use crate::ground::Ground;
use crate::second_factor::SecondFactors;
use crate::sessions::Sessions;

pub use answer::Introspected;
pub use client::{ClientCredential, ConfidentialClient};
use kind::Kind;

/// Answers apps that prove themselves.
///
/// **Invariant:** an app hears about its own tokens alone. Those of another are as unknown to it as junk.
#[derive(Clone, Debug)]
pub struct Introspection {
    ground: Ground,
}

impl Introspection {
    /// Over what all flows share.
    pub(crate) fn new(ground: Ground) -> Self {
        Self { ground }
    }

    /// What a token, cookie or key of the client's app allows now. Whatever is not good is answered alike, as inactive.
    ///
    /// # Errors
    ///
    /// What the engine says; never something about the token.
    pub async fn introspect(&self, client: &ConfidentialClient, token: &str) -> Result<Introspected, AuthError> {
        let answer = match Kind::of(token) {
            Kind::Access => self.access(client, token).await,
            Kind::Cookie => self.cookie(client, token).await,
            Kind::Key => self.key(client, token).await,
            Kind::Refresh => self.refresh(client, token).await,
        };
        match answer {
            Err(AuthError::InvalidToken | AuthError::InvalidGrant) => Ok(Introspected::inactive()),
            answer => answer,
        }
    }

    async fn access(&self, client: &ConfidentialClient, token: &str) -> Result<Introspected, AuthError> {
        let claims = self.ground.signing.verify(token, Some(client.audience())).await?;
        let sessions = Sessions::new(self.ground.clone());
        let caller = sessions.by_session(claims.sid, Some(claims.epoch)).await?;
        if caller.app != client.app() {
            return Err(AuthError::InvalidToken);
        }
        let answer = Introspected::of(&caller, "access_token", &self.ground.settings.public_url, client.audience());
        let answer = answer.with_second_factor(self.has_second_factor(&caller).await?);
        Ok(answer.issued(claims.iat, claims.exp, Some(claims.jti)))
    }

    async fn cookie(&self, client: &ConfidentialClient, token: &str) -> Result<Introspected, AuthError> {
        let caller = Sessions::new(self.ground.clone()).by_cookie(token, client.app()).await?;
        let answer = Introspected::of(&caller, "session_cookie", &self.ground.settings.public_url, client.audience());
        Ok(answer.with_second_factor(self.has_second_factor(&caller).await?))
    }

    async fn has_second_factor(&self, caller: &Caller) -> Result<bool, AuthError> {
        match caller.user {
            Some(user) => SecondFactors::new(self.ground.clone()).required(user.0).await,
            None => Ok(false),
        }
    }

    async fn key(&self, client: &ConfidentialClient, token: &str) -> Result<Introspected, AuthError> {
        let caller = ApiKeys::new(self.ground.clone()).verify(token, client.app()).await?;
        Ok(Introspected::of(&caller, "api_key", &self.ground.settings.public_url, client.audience()))
    }

    async fn refresh(&self, client: &ConfidentialClient, token: &str) -> Result<Introspected, AuthError> {
        let sessions = Sessions::new(self.ground.clone());
        let session = sessions.by_refresh_token(token).await?.ok_or(AuthError::InvalidGrant)?;
        let caller = sessions.by_session(session, None).await?;
        if caller.app != client.app() {
            return Err(AuthError::InvalidToken);
        }
        Ok(Introspected::of(&caller, "refresh_token", &self.ground.settings.public_url, client.audience()))
    }
}
