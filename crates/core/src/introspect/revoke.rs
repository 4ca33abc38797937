//! Apps that give tokens back (RFC 7009).

use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

use super::{ConfidentialClient, Introspection, Kind};
use crate::AuthError;
use crate::api_keys::ApiKeys;
use crate::caller::Client;
use crate::entity::auth::api_keys;
use crate::secret::{opaque, refresh};
use crate::sessions::{Note, Sessions};

impl Introspection {
    /// Ends what a token of the client's app belongs to: its session, or the key itself. What is not known, or not that
    /// app's, is as good as ended.
    ///
    /// # Errors
    ///
    /// What the engine says; never something about the token.
    pub async fn revoke(&self, by: &ConfidentialClient, token: &str, client: &Client) -> Result<(), AuthError> {
        let note = Note::anonymous("token.revoke", client).actor(by.actor()).at(by.app());
        if Kind::of(token) == Kind::Key {
            return self.revoke_key(by, token, note).await;
        }
        let sessions = Sessions::new(self.ground.clone());
        let Some(session) = self.session_of(by, token).await? else { return Ok(()) };
        match sessions.owner_in(session, by.app_id()).await? {
            Some(owner) => sessions.end(session, "token_revoked", note.to(owner).session(session)).await,
            None => Ok(()),
        }
    }

    async fn session_of(&self, by: &ConfidentialClient, token: &str) -> Result<Option<Uuid>, AuthError> {
        match Kind::of(token) {
            Kind::Cookie => Sessions::new(self.ground.clone()).of_cookie(token).await,
            Kind::Access => match self.ground.signing.verify(token, Some(by.audience())).await {
                Ok(claims) => Ok(Some(claims.sid)),
                Err(AuthError::InvalidToken) => Ok(None),
                Err(error) => Err(error),
            },
            // One that was used before is as good a proof that the session is theirs: its MAC is right.
            Kind::Refresh => Ok(refresh::parse(&self.ground.keyring, token).map(|shown| shown.sid)),
            Kind::Key => Ok(None),
        }
    }

    async fn revoke_key(&self, by: &ConfidentialClient, token: &str, note: Note) -> Result<(), AuthError> {
        let Some((id, hash)) = opaque::parse_key(token) else { return Ok(()) };
        let this = Condition::all()
            .add(api_keys::Column::AppId.eq(by.app_id()))
            .add(api_keys::Column::SecretHash.eq(hash.to_vec()));
        match ApiKeys::new(self.ground.clone()).end(id, this, note).await {
            Err(AuthError::NotFound) => Ok(()),
            done => done,
        }
    }
}
