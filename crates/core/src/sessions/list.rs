//! The sessions of a person, and ending them one by one or together.

use atriz_db::with_transaction;
use atriz_kernel::UserId;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, ExprTrait as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::live::{self, Live};
use super::{Note, SessionInfo, Sessions, Spared, revoke_all_of, revoke_tree};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::{sessions, users};
use crate::ground::Ground;
use crate::throttle::{Charge, Kind};

impl Sessions {
    /// The caller's own sessions that hold, newest first.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for a service account or an API key.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<SessionInfo>, AuthError> {
        self.open_sessions(caller.user()?, Some(caller.session()?)).await
    }

    /// Somebody's sessions, for those who help them.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `sessions.read`, [`AuthError::NotFound`] for a person who is not there.
    pub async fn list_of(&self, caller: &Caller, user: UserId) -> Result<Vec<SessionInfo>, AuthError> {
        caller.require("sessions.read")?;
        users::Entity::find_by_id(user.0).one(self.ground.database.read()).await?.ok_or(AuthError::NotFound)?;
        self.open_sessions(user, caller.session).await
    }

    async fn open_sessions(&self, user: UserId, current: Option<Uuid>) -> Result<Vec<SessionInfo>, AuthError> {
        let now = self.ground.clock.now();
        let which = Condition::all()
            .add(sessions::Column::UserId.eq(user.0))
            .add(sessions::Column::RevokedAt.is_null())
            .add(sessions::Column::IdleExpiresAt.gt(now))
            .add(sessions::Column::AbsoluteExpiresAt.gt(now));
        let mut open = live::all(self.ground.database.read(), which).await?;
        open.sort_by_key(|live| std::cmp::Reverse((live.session.created_at, live.session.id)));
        Ok(open.into_iter().map(|live| info(live, current)).collect())
    }

    /// Ends one of the caller's own sessions.
    ///
    /// # Errors
    ///
    /// [`AuthError::NotFound`] for one that is not theirs, [`AuthError::Forbidden`] for an API key that asks.
    pub async fn revoke(&self, caller: &Caller, session: Uuid, client: &Client) -> Result<(), AuthError> {
        let user = caller.user()?;
        caller.session()?;
        self.end_one_of(user, session, "revoked", Note::of(caller, "session.revoke", client)).await
    }

    /// Ends one session of somebody else.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `sessions.revoke`, [`AuthError::NotFound`] for one that is not theirs.
    pub async fn revoke_of(
        &self,
        caller: &Caller,
        user: UserId,
        session: Uuid,
        client: &Client,
    ) -> Result<(), AuthError> {
        caller.require("sessions.revoke")?;
        let note = Note::of(caller, "session.revoke", client).to(user.0);
        self.end_one_of(user, session, "revoked_by_admin", note).await
    }

    async fn end_one_of(&self, user: UserId, session: Uuid, reason: &'static str, note: Note) -> Result<(), AuthError> {
        let live = self.live(session).await?.filter(|live| live.session.user_id == user.0);
        let live = live.ok_or(AuthError::NotFound)?;
        self.end(session, reason, note.session(session).at(&live.app.code)).await
    }

    /// Ends the session that asks, and those derived from it.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for an API key.
    pub async fn sign_out(&self, caller: &Caller, client: &Client) -> Result<(), AuthError> {
        self.end(caller.session()?, "signed_out", Note::of(caller, "sign_out", client)).await
    }

    /// Ends all sessions of the caller but the one that asks, with those it stands on and those derived from it.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for an API key.
    pub async fn sign_out_others(&self, caller: &Caller, client: &Client) -> Result<u64, AuthError> {
        let note = Note::of(caller, "sign_out.others", client);
        self.end_all(caller.user()?, Spared::Line(caller.session()?), "signed_out_elsewhere", note).await
    }

    /// Ends all sessions of the caller, and the links of mails that are on their way: one of them may be for somebody else's
    /// address.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for an API key.
    pub async fn sign_out_everywhere(&self, caller: &Caller, client: &Client) -> Result<u64, AuthError> {
        caller.session()?;
        let note = Note::of(caller, "sign_out.everywhere", client);
        self.end_all(caller.user()?, Spared::Nobody, "signed_out_everywhere", note).await
    }

    /// Ends all sessions of somebody else, and the links of mails that are on their way.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `sessions.revoke`, [`AuthError::NotFound`] for a person who is not there.
    pub async fn revoke_user(&self, caller: &Caller, user: UserId, client: &Client) -> Result<u64, AuthError> {
        caller.require("sessions.revoke")?;
        let note = Note::of(caller, "sessions.revoke_user", client).to(user.0);
        self.end_all(user, Spared::Nobody, "revoked_by_admin", note).await
    }

    /// Ends the session of a cookie in whose place a browser was handed another one, `user`'s. One of the same person that
    /// sessions of other apps hang on goes on: they would end with it, in the midst of what somebody does there.
    ///
    /// # Errors
    ///
    /// What the engine says. A cookie that is not good is an answer like any other.
    pub async fn replaced(&self, cookie: &str, app: &str, user: UserId, client: &Client) -> Result<(), AuthError> {
        let Some(before) = self.cookie_session(cookie).await?.filter(|live| live.app.code == app) else {
            return Ok(());
        };
        let (session, owner) = (before.session.id, before.session.user_id);
        let derived = sessions::Entity::find()
            .filter(sessions::Column::ParentId.eq(session))
            .filter(sessions::Column::RevokedAt.is_null())
            .filter(sessions::Column::IdleExpiresAt.gt(self.ground.clock.now()))
            .one(self.ground.database.read())
            .await?;
        if owner == user.0 && derived.is_some() {
            return Ok(());
        }
        let note = Note::anonymous("session.replaced", client).by(user.0).to(owner).session(session).at(app);
        self.end(session, "replaced", note).await
    }

    /// Ends one session and those derived from it, and says so in the audit trail unless it had ended before.
    pub(crate) async fn end(&self, session: Uuid, reason: &'static str, note: Note) -> Result<(), AuthError> {
        with_transaction(&self.ground.database, |tx| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move {
                if revoke_tree(&ground, tx, &[session], reason).await?.is_empty() {
                    return Ok(());
                }
                Ok::<_, AuthError>(ground.audit.record(tx, note.event()).await?)
            })
        })
        .await?;
        self.ground.revocations.applied();
        Ok(())
    }

    async fn end_all(&self, user: UserId, spared: Spared, reason: &'static str, note: Note) -> Result<u64, AuthError> {
        let ended = with_transaction(&self.ground.database, |tx| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move {
                let ended = revoke_all_of(&ground, tx, user.0, spared, reason).await?;
                if matches!(spared, Spared::Nobody) {
                    void_links(&ground, tx, user).await?;
                }
                // Where none of the others was there, nothing happened that the trail could tell.
                if ended > 0 || matches!(spared, Spared::Nobody) {
                    let note = note.detail(json!({ "sessions": ended }));
                    ground.audit.record(tx, note.event()).await?;
                }
                Ok::<_, AuthError>(ended)
            })
        })
        .await?;
        self.ground.revocations.applied();
        Ok(ended)
    }
}

/// Makes the links worthless that were mailed to a person.
async fn void_links(ground: &Ground, tx: &DatabaseTransaction, user: UserId) -> Result<(), AuthError> {
    let raised = users::Entity::update_many()
        .col_expr(users::Column::CredGen, Expr::col(users::Column::CredGen).add(1))
        .col_expr(users::Column::UpdatedAt, Expr::value(ground.clock.now()))
        .filter(users::Column::Id.eq(user.0))
        .exec_with_returning(tx)
        .await?;
    let user = raised.into_iter().next().ok_or(AuthError::NotFound)?;
    // Those that are void keep nobody from the next one.
    Ok(ground.throttles.forgive(tx, &Charge::of(Kind::ResetAddress, user.email_norm)).await?)
}

fn info(live: Live, current: Option<Uuid>) -> SessionInfo {
    let session = live.session;
    SessionInfo {
        id: session.id,
        app: live.app.code,
        parent: session.parent_id,
        is_current: current == Some(session.id),
        ip: session.ip,
        user_agent: session.ua,
        auth_time: session.auth_time,
        created_at: session.created_at,
        last_seen_at: session.last_seen_at,
        idle_expires_at: session.idle_expires_at,
        absolute_expires_at: session.absolute_expires_at,
    }
}
