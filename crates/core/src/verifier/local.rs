//! The issuer in the same process.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;
use serde_json::json;

use super::face::Face;
use crate::api_keys::ApiKeys;
use crate::audit::Outcome;
use crate::ground::Ground;
use crate::revocation::{DatabaseSource, RevocationPage, RevocationSource, Signal};
use crate::second_factor::SecondFactors;
use crate::sessions::{Note, Sessions};
use crate::{AuthError, Caller, Client};

/// How often names of keys that are not known cause a look at the database.
pub(super) const COOLDOWN: Duration = Duration::from_millis(50);

/// The issuer in the same process.
#[derive(Debug)]
pub(crate) struct Local {
    ground: Ground,
    source: DatabaseSource,
    sessions: Sessions,
    api_keys: ApiKeys,
}

impl Local {
    /// Over the issuer's ground.
    pub(crate) fn new(ground: Ground) -> Self {
        let source = DatabaseSource::new(ground.database.clone(), ground.signing.clone());
        let (sessions, api_keys) = (Sessions::new(ground.clone()), ApiKeys::new(ground.clone()));
        Self { ground, source, sessions, api_keys }
    }

    /// What tells that something was revoked in this process.
    pub(super) fn signal(&self) -> Arc<Signal> {
        self.ground.revocations.signal()
    }
}

#[async_trait]
impl RevocationSource for Local {
    async fn after(&self, seq: i64) -> Result<RevocationPage, AuthError> {
        self.source.after(seq).await
    }
}

#[async_trait]
impl Face for Local {
    fn is_elsewhere(&self) -> bool {
        false
    }

    async fn keys(&self, anew: bool) -> Result<HashMap<String, [u8; 32]>, AuthError> {
        if anew { self.ground.signing.public_keys_anew().await } else { self.ground.signing.public_keys().await }
    }

    async fn opaque(&self, credential: &str, audience: &str) -> Result<Caller, AuthError> {
        if credential.starts_with("key_") {
            self.api_keys.verify(credential, audience).await
        } else {
            self.sessions.by_cookie(credential, audience).await
        }
    }

    async fn strong(&self, caller: &Caller, _: Option<&SecretString>) -> Result<(), AuthError> {
        SecondFactors::new(self.ground.clone()).demand(caller).await
    }

    async fn refused(&self, caller: &Caller, permission: &'static str, client: &Client) -> Result<(), AuthError> {
        let note = Note::of(caller, "permission.refused", client)
            .outcome(Outcome::Denied)
            .detail(json!({ "permission": permission }));
        Ok(self.ground.audit.record_alone(note.event()).await?)
    }

    async fn fresh(&self, caller: &Caller, _: Option<&SecretString>) -> Result<(), AuthError> {
        match (caller.session, caller.key) {
            // A key is looked up each time it is shown; somebody may have taken it back since.
            (None, Some(key)) => self.api_keys.by_id(key).await.map(drop),
            _ => self.sessions.fresh(caller).await,
        }
    }
}
