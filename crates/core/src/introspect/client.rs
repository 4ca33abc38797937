//! Apps that prove themselves.

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::Introspection;
use crate::AuthError;
use crate::api_keys::ApiKeys;
use crate::audit::Actor;
use crate::secret::opaque::{self, Prefix};
use crate::sessions::{Sessions, knows_secret};

/// What a service key must permit to ask about tokens.
const PERMISSION: &str = "tokens.introspect";

/// With what an app proves itself.
#[derive(Clone, Debug)]
pub enum ClientCredential {
    /// Its own secret.
    Secret {
        /// The app, by its code.
        app: String,
        /// The secret.
        secret: SecretString,
    },
    /// A key of a service account that may.
    Key(SecretString),
}

/// An app that proved itself.
#[derive(Clone, Debug)]
pub struct ConfidentialClient {
    app: String,
    app_id: Uuid,
    audience: String,
    actor: Actor,
}

impl ConfidentialClient {
    /// The app, by its code.
    pub fn app(&self) -> &str {
        &self.app
    }

    /// The `aud` of its tokens.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    pub(super) fn app_id(&self) -> Uuid {
        self.app_id
    }

    pub(super) fn actor(&self) -> Actor {
        self.actor
    }
}

impl Introspection {
    /// Lets an app prove itself.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`], whatever was wrong; [`AuthError::Forbidden`] for a key that is good and may not.
    pub async fn authenticate(&self, credential: &ClientCredential) -> Result<ConfidentialClient, AuthError> {
        let sessions = Sessions::new(self.ground.clone());
        let (code, secret, actor) = match credential {
            ClientCredential::Secret { app, secret } => {
                // Junk does not reach the database.
                opaque::digest(Prefix::Client, secret.expose_secret()).ok_or(AuthError::InvalidToken)?;
                (app.clone(), Some(secret), Actor::System)
            }
            ClientCredential::Key(key) => {
                let caller = ApiKeys::new(self.ground.clone()).by_token(key.expose_secret()).await?;
                let service = caller.service.ok_or(AuthError::InvalidToken)?;
                caller.require(PERMISSION)?;
                (caller.app, None, Actor::Service(service))
            }
        };
        let app = sessions.find_app(&code).await?.filter(|app| app.is_active).ok_or(AuthError::InvalidToken)?;
        if secret.is_some() && !knows_secret(&app, secret) {
            return Err(AuthError::InvalidToken);
        }
        Ok(ConfidentialClient { app: app.code, app_id: app.id, audience: app.audience, actor })
    }
}
