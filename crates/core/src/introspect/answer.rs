//! The answer about a token.

use std::collections::BTreeSet;

use atriz_kernel::UserId;
use chrono::DateTime;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::caller::Caller;

/// The answer about a token (RFC 7662 §2.2), with what an app needs to know its caller.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introspected {
    /// Whether it is good now. If not, nothing else is told.
    pub active: bool,
    /// `access_token`, `session_cookie`, `api_key` or `refresh_token`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_type: Option<String>,
    /// The app it is good for, by its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Who issued it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// The audience of that app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    /// The person, or the service account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<Uuid>,
    /// The service account, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Uuid>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    /// The API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Uuid>,
    /// The id of an access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jti: Option<Uuid>,
    /// When it was issued, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// When it ends, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When the person last proved who they are, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// How strong that proof was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// Whether the person has a second factor, so that what is grave takes a session that was proven by one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_factor: bool,
    /// The roles held now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// What is permitted now, with blanks between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

impl Introspected {
    /// The answer about everything that is not good.
    pub fn inactive() -> Self {
        Self::default()
    }

    pub(super) fn of(caller: &Caller, token_type: &str, issuer: &str, audience: &str) -> Self {
        Self {
            active: true,
            token_type: Some(token_type.to_owned()),
            client_id: Some(caller.app.clone()),
            iss: Some(issuer.to_owned()),
            aud: Some(audience.to_owned()),
            sub: caller.user.map(|user| user.0).or(caller.service),
            service: caller.service,
            sid: caller.session,
            key: caller.key,
            jti: None,
            iat: None,
            exp: Some(caller.expires_at.timestamp()),
            auth_time: Some(caller.auth_time.timestamp()),
            acr: Some(caller.acr.clone()),
            second_factor: false,
            roles: caller.roles.clone(),
            scope: Some(caller.permissions.iter().map(String::as_str).collect::<Vec<_>>().join(" ")),
        }
    }

    pub(super) fn issued(self, iat: i64, exp: i64, jti: Option<Uuid>) -> Self {
        Self { iat: Some(iat), exp: Some(exp), jti, ..self }
    }

    pub(super) fn with_second_factor(self, second_factor: bool) -> Self {
        Self { second_factor, ..self }
    }

    /// Whom the token speaks for. Nobody, if it is not good, or is a refresh token, which is for the issuer alone.
    pub fn into_caller(self) -> Option<Caller> {
        if !self.active || !matches!(self.token_type.as_deref(), Some("access_token" | "session_cookie" | "api_key")) {
            return None;
        }
        let permissions: BTreeSet<String> = self.scope?.split_whitespace().map(str::to_owned).collect();
        Some(Caller {
            user: if self.service.is_some() { None } else { Some(UserId(self.sub?)) },
            service: self.service,
            session: self.sid,
            key: self.key,
            app: self.client_id?,
            roles: self.roles,
            permissions,
            auth_time: DateTime::from_timestamp(self.auth_time?, 0)?,
            acr: self.acr?,
            expires_at: DateTime::from_timestamp(self.exp?, 0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller() -> Caller {
        let time = |seconds| DateTime::from_timestamp(seconds, 0).expect("a valid time");
        Caller {
            user: Some(UserId(Uuid::from_u128(1))),
            service: None,
            session: Some(Uuid::from_u128(2)),
            key: None,
            app: "atriz".to_owned(),
            roles: vec!["member".to_owned()],
            permissions: ["account.read".to_owned(), "account.write".to_owned()].into(),
            auth_time: time(1_770_000_000),
            acr: "aal1".to_owned(),
            expires_at: time(1_770_000_300),
        }
    }

    #[test]
    fn a_caller_survives_the_wire() {
        let told = Introspected::of(&caller(), "session_cookie", "http://localhost:3000/auth", "atriz");
        let wire = serde_json::to_string(&told).unwrap();
        let read: Introspected = serde_json::from_str(&wire).unwrap();
        assert_eq!(read.into_caller(), Some(caller()));
        let service = Caller { user: None, service: Some(Uuid::from_u128(9)), session: None, ..caller() };
        let told = Introspected::of(&service, "api_key", "x", "atriz");
        assert_eq!(told.into_caller(), Some(service));
    }

    #[test]
    fn what_is_not_good_tells_nothing() {
        assert_eq!(serde_json::to_string(&Introspected::inactive()).unwrap(), r#"{"active":false}"#);
        assert_eq!(Introspected::inactive().into_caller(), None);
        let refresh = Introspected::of(&caller(), "refresh_token", "x", "atriz");
        assert_eq!(refresh.into_caller(), None, "it is shown to the issuer alone");
    }
}
