//! What the issuer tells about sessions to apps that hold a token of theirs.

use sea_orm::EntityTrait;
use uuid::Uuid;

use super::Sessions;
use super::live::is_open;
use crate::AuthError;
use crate::caller::Caller;
use crate::entity::auth::sessions;
use crate::secret::refresh;

impl Sessions {
    /// What a session allows now, for a token of it that was found good. A token of an older epoch than the person's is not.
    pub(crate) async fn by_session(&self, session: Uuid, epoch: Option<i64>) -> Result<Caller, AuthError> {
        let live = self.live(session).await?.filter(|live| live.holds(self.ground.clock.now()));
        let live = live.filter(|live| epoch.is_none_or(|epoch| epoch >= live.epoch));
        self.caller_of(&live.ok_or(AuthError::InvalidToken)?).await
    }

    /// The session whose next refresh would take this token.
    pub(crate) async fn by_refresh_token(&self, token: &str) -> Result<Option<Uuid>, AuthError> {
        let Some(shown) = refresh::parse(&self.ground.keyring, token) else { return Ok(None) };
        let session = self.session(shown.sid).await?;
        Ok(session
            .filter(|row| row.rt_counter == shown.counter && row.rt_key_id.as_ref() == Some(&shown.key_id))
            .map(|row| row.id))
    }

    /// The session of a cookie that is good.
    pub(crate) async fn of_cookie(&self, value: &str) -> Result<Option<Uuid>, AuthError> {
        Ok(self.cookie_session(value).await?.map(|live| live.session.id))
    }

    /// Whose session it is, if it is open and in that app.
    pub(crate) async fn owner_in(&self, session: Uuid, app: Uuid) -> Result<Option<Uuid>, AuthError> {
        let session = self.session(session).await?.filter(|session| is_open(session, self.ground.clock.now()));
        Ok(session.filter(|session| session.app_id == app).map(|session| session.user_id))
    }

    async fn session(&self, id: Uuid) -> Result<Option<sessions::Model>, AuthError> {
        Ok(sessions::Entity::find_by_id(id).one(self.ground.database.read()).await?)
    }
}
