//! What an access token says.

use std::collections::BTreeSet;

use atriz_kernel::UserId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::JwtError;
use crate::Caller;

/// The claims of an access token; all of them are required, and times are whole seconds.
///
/// A claim that is not among them is passed over (RFC 7519 §4), so that a newer issuer may add one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// The one app it is for.
    pub aud: String,
    /// The person.
    pub sub: Uuid,
    /// The session.
    pub sid: Uuid,
    /// Identifies the token.
    pub jti: Uuid,
    /// When it was issued.
    pub iat: i64,
    /// When it ends.
    pub exp: i64,
    /// When the person last proved who they are.
    pub auth_time: i64,
    /// How strong that proof was.
    pub acr: String,
    /// The person's epoch; tokens of an older one are refused.
    pub epoch: i64,
    /// The roles held in that app.
    pub roles: Vec<String>,
    /// What they permit, separated by blanks.
    pub scope: String,
}

impl Claims {
    /// The caller that a token with these claims speaks for.
    ///
    /// # Errors
    ///
    /// [`JwtError::Claims`] for times that no calendar has.
    pub fn caller(&self) -> Result<Caller, JwtError> {
        let time = |seconds: i64| DateTime::<Utc>::from_timestamp(seconds, 0).ok_or(JwtError::Claims);
        let permissions: BTreeSet<String> =
            self.scope.split(' ').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Ok(Caller {
            user: Some(UserId(self.sub)),
            service: None,
            session: Some(self.sid),
            key: None,
            app: self.aud.clone(),
            roles: self.roles.clone(),
            permissions,
            auth_time: time(self.auth_time)?,
            acr: self.acr.clone(),
            expires_at: time(self.exp)?,
        })
    }
}
