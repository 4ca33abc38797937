//! Who asks: the client at the other end of the wire, and whom it speaks for.

use std::collections::BTreeSet;
use std::net::IpAddr;

use atriz_kernel::UserId;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::AuthError;

/// The program at the other end of the wire, before anybody knows whom it speaks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address, as trusted proxies tell it.
    pub ip: Option<IpAddr>,
    /// What it calls itself.
    pub user_agent: Option<String>,
}

/// Whom a request speaks for, once its token, cookie or key was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The person; nobody for a service account.
    pub user: Option<UserId>,
    /// The service account; nothing for a person.
    pub service: Option<Uuid>,
    /// The session the token or cookie belongs to; nothing for an API key.
    pub session: Option<Uuid>,
    /// The API key; nothing for a session.
    pub key: Option<Uuid>,
    /// The app the token, cookie or key is good for, by its code.
    pub app: String,
    /// The roles held in that app.
    pub roles: Vec<String>,
    /// What they permit.
    pub permissions: BTreeSet<String>,
    /// When the person last proved who they are.
    pub auth_time: DateTime<Utc>,
    /// How strong that proof was.
    pub acr: String,
    /// When this ends.
    pub expires_at: DateTime<Utc>,
}

impl Caller {
    /// Whether the caller holds a permission.
    pub fn may(&self, permission: &str) -> bool {
        self.permissions.contains(permission)
    }

    /// Asks for a permission.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`], which names it.
    pub fn require(&self, permission: &str) -> Result<(), AuthError> {
        if self.may(permission) { Ok(()) } else { Err(AuthError::Forbidden(permission.to_owned())) }
    }

    /// The person.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for a service account.
    pub fn user(&self) -> Result<UserId, AuthError> {
        self.user.ok_or_else(|| AuthError::Forbidden("this is for people, and a service account asks".to_owned()))
    }

    /// The person's session.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for an API key.
    pub fn session(&self) -> Result<Uuid, AuthError> {
        self.session.ok_or_else(|| AuthError::Forbidden("this takes a session, and an API key asks".to_owned()))
    }
}
