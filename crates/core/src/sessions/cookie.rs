//! Whom a session cookie speaks for, and whether a caller is still good now.

use atriz_kernel::UserId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::limits::{COOKIE_IDLE, SEEN};
use super::live::{self, Live};
use super::refresh::no_later_than_absolute;
use super::{SessionCookie, Sessions};
use crate::AuthError;
use crate::api_keys::ApiKeys;
use crate::caller::Caller;
use crate::entity::auth::sessions;
use crate::roles::Roles;
use crate::secret::opaque::{self, Prefix};

impl Sessions {
    /// Whom the cookie `value` speaks for in `app`, and a note that they were seen.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`] for a cookie that is not good, or is another app's.
    pub async fn by_cookie(&self, value: &str, app: &str) -> Result<Caller, AuthError> {
        let live = self.cookie_session(value).await?.filter(|live| live.app.code == app);
        let live = live.ok_or(AuthError::InvalidToken)?;
        self.seen(&live).await?;
        self.caller_of(&live).await
    }

    /// The session behind a cookie, if it holds. Text that is no cookie of ours does not reach the database.
    pub(super) async fn cookie_session(&self, value: &str) -> Result<Option<Live>, AuthError> {
        let Some(hash) = opaque::digest(Prefix::Session, value) else { return Ok(None) };
        let which = Condition::all().add(sessions::Column::CookieHash.eq(hash.to_vec()));
        let found = live::all(self.ground.database.read(), which).await?.pop();
        Ok(found.filter(|live| live.holds(self.ground.clock.now())))
    }

    /// Gives a session another cookie, and none to one of tokens; the cookie of before is refused at once. Whoever changes what
    /// they are let in by leaves behind those who copied what they were let in by before.
    pub(crate) async fn renew_cookie(
        &self,
        tx: &DatabaseTransaction,
        session: Uuid,
    ) -> Result<Option<SessionCookie>, AuthError> {
        let (value, hash) = opaque::generate(Prefix::Session);
        let renewed = sessions::Entity::update_many()
            .col_expr(sessions::Column::CookieHash, Expr::value(hash.to_vec()))
            .filter(sessions::Column::Id.eq(session))
            .filter(sessions::Column::CookieHash.is_not_null())
            .filter(sessions::Column::RevokedAt.is_null())
            .exec(tx)
            .await?;
        if renewed.rows_affected == 0 {
            return Ok(None);
        }
        let which = Condition::all().add(sessions::Column::Id.eq(session));
        let live = live::all(tx, which).await?.pop().ok_or(AuthError::InvalidToken)?;
        Ok(Some(self.cookie(&live.session, &live.app, value)))
    }

    /// What a session allows now.
    pub(super) async fn caller_of(&self, live: &Live) -> Result<Caller, AuthError> {
        let user = UserId(live.session.user_id);
        let effective = Roles::new(self.ground.clone()).effective(user, &live.app.code).await?;
        Ok(Caller {
            user: Some(user),
            service: None,
            session: Some(live.session.id),
            key: None,
            app: live.app.code.clone(),
            roles: effective.roles,
            permissions: effective.permissions,
            auth_time: live.session.auth_time,
            acr: live.session.acr.clone(),
            expires_at: live.session.idle_expires_at,
        })
    }

    /// Moves the end of an unused session, no more than once a minute.
    async fn seen(&self, live: &Live) -> Result<(), AuthError> {
        let now = self.ground.clock.now();
        if now - live.session.last_seen_at < SEEN {
            return Ok(());
        }
        sessions::Entity::update_many()
            .col_expr(sessions::Column::LastSeenAt, Expr::value(now))
            .col_expr(sessions::Column::IdleExpiresAt, no_later_than_absolute(now + COOKIE_IDLE))
            .filter(sessions::Column::Id.eq(live.session.id))
            .filter(sessions::Column::RevokedAt.is_null())
            // Of many requests at once, one writes.
            .filter(sessions::Column::LastSeenAt.lte(now - SEEN))
            .exec(self.ground.database.write())
            .await?;
        Ok(())
    }

    /// Asks the database whether the caller's session or key is good now, and still permits what the caller was told it
    /// does.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`] if not: it was revoked, or a role was taken away.
    pub async fn fresh(&self, caller: &Caller) -> Result<(), AuthError> {
        let now = match (caller.session, caller.key) {
            (Some(session), None) => {
                let live = self.live(session).await?.filter(|live| live.holds(self.ground.clock.now()));
                let live = live.filter(|live| caller.user == Some(UserId(live.session.user_id)));
                self.caller_of(&live.ok_or(AuthError::InvalidToken)?).await?
            }
            (None, Some(key)) => ApiKeys::new(self.ground.clone()).by_id(key).await?,
            _ => return Err(AuthError::InvalidToken),
        };
        let same = now.app == caller.app && now.user == caller.user && now.service == caller.service;
        if same && caller.permissions.is_subset(&now.permissions) { Ok(()) } else { Err(AuthError::InvalidToken) }
    }
}
