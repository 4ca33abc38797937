//! Going on: a new pair of tokens for the refresh token of the last one.
//!
//! A refresh token is a number under a MAC whose key is not in the database, and the row holds the number that is valid
//! now. One compare-and-swap takes it and makes the next one ([`super::advance`]), so of any number of requests with the
//! same token one advances it, and the others get the same answer for a while ([`super::repeat`]).

use atriz_db::with_transaction;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::{CaseStatement, Expr};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::limits::REPLAYS;
use super::repeat::{Verdict, judge};
use super::{Note, Sessions, TokenPair, knows_secret, revoke_tree};
use crate::AuthError;
use crate::audit::{Actor, Outcome};
use crate::caller::Client;
use crate::entity::auth::{sessions, users};
use crate::ground::Ground;
use crate::message::Message;
use crate::secret::refresh::{self, Parsed};

impl Sessions {
    /// A new pair of tokens. The roles are looked up anew.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidGrant`] for a token that is not good any more. One that was used before, and not just now, ends
    /// the session: somebody holds a copy. One of a session that was begun with the secret of its app is refused, and
    /// stays good for [`Sessions::refresh_as`].
    pub async fn refresh(&self, token: &str, client: &Client) -> Result<TokenPair, AuthError> {
        self.go_on(token, false, client).await
    }

    /// The next pair, for a client that proved itself by its app's secret or did not.
    async fn go_on(&self, token: &str, proven: bool, client: &Client) -> Result<TokenPair, AuthError> {
        let shown = refresh::parse(&self.ground.keyring, token).ok_or(AuthError::InvalidGrant)?;
        if let Some(next) = self.advance(&shown, proven).await? {
            return self.next_pair(&next).await;
        }
        let session = self.again(&shown, proven, client).await?;
        let live = self.live(session.id).await?.ok_or(AuthError::InvalidGrant)?;
        if !live.may_go_on() || live.session.revoked_at.is_some() {
            return Err(AuthError::InvalidGrant);
        }
        let authority = self.authority(session.user_id, live.epoch).await?;
        self.pair(&session, &live.app, &authority).await
    }

    /// As [`Sessions::refresh`], for a client that says which app it is. It must be the session's, and prove itself if it
    /// has a secret; the token stays good otherwise.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`] if there is no such app, or its own secret is not right; otherwise as there.
    pub async fn refresh_as(
        &self,
        token: &str,
        app: &str,
        secret: Option<&SecretString>,
        client: &Client,
    ) -> Result<TokenPair, AuthError> {
        let shown = refresh::parse(&self.ground.keyring, token).ok_or(AuthError::InvalidGrant)?;
        let app = self.find_app(app).await?.filter(|app| app.is_active).ok_or(AuthError::InvalidToken)?;
        if (secret.is_some() || app.secret_hash.is_some()) && !knows_secret(&app, secret) {
            return Err(AuthError::InvalidToken);
        }
        let live = self.live(shown.sid).await?.filter(|live| live.app.id == app.id);
        live.ok_or(AuthError::InvalidGrant)?;
        self.go_on(token, app.secret_hash.is_some(), client).await
    }

    /// The token is not the one that is valid now: it is an older one, or nothing any more.
    async fn again(&self, shown: &Parsed, proven: bool, client: &Client) -> Result<sessions::Model, AuthError> {
        // Counting may find that the row went on meanwhile; a row goes on for a good reason alone, so not for ever.
        for _ in 0..4 {
            let now = self.ground.clock.now();
            let session = sessions::Entity::find_by_id(shown.sid).one(self.ground.database.read()).await?;
            let session = session.filter(|session| proven || !session.needs_secret).ok_or(AuthError::InvalidGrant)?;
            match judge(&session, shown, now) {
                Verdict::Repeat => return Ok(session),
                Verdict::CountedRepeat => {
                    if let Some(session) = self.count(shown).await? {
                        return Ok(session);
                    }
                }
                Verdict::Reused => return self.reused(&session, shown, client).await,
                Verdict::Ahead => return self.ahead(&session, shown, client).await,
                Verdict::Over => return Err(AuthError::InvalidGrant),
            }
        }
        Err(AuthError::InvalidGrant)
    }

    async fn count(&self, shown: &Parsed) -> Result<Option<sessions::Model>, AuthError> {
        let rows = sessions::Entity::update_many()
            .col_expr(sessions::Column::RtReplays, Expr::col(sessions::Column::RtReplays).add(1))
            .filter(sessions::Column::Id.eq(shown.sid))
            .filter(sessions::Column::RtCounter.eq(shown.counter.saturating_add(1)))
            .filter(sessions::Column::RtReplays.lt(REPLAYS))
            .filter(sessions::Column::RevokedAt.is_null())
            .exec_with_returning(self.ground.database.write())
            .await?;
        Ok(rows.into_iter().next())
    }

    /// An old token: whoever shows it is not the one who used it, or the other way round. Neither goes on.
    async fn reused<T>(&self, session: &sessions::Model, shown: &Parsed, client: &Client) -> Result<T, AuthError> {
        let note = alarm("refresh.reused", session, shown, client);
        let (id, user) = (session.id, session.user_id);
        with_transaction(&self.ground.database, |tx| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move { end_reused(&ground, tx, id, user, &note).await })
        })
        .await?;
        self.ground.revocations.applied();
        self.ground.messages.wake();
        Err(AuthError::InvalidGrant)
    }

    /// A number that was never given out, under a MAC that only this issuer makes: the database is older than its
    /// tokens, as after a restore, or a key is in wrong hands.
    async fn ahead<T>(&self, session: &sessions::Model, shown: &Parsed, client: &Client) -> Result<T, AuthError> {
        tracing::error!(session = %session.id, "a refresh token was shown that was never given out");
        self.ground.audit.record_alone(alarm("refresh.ahead", session, shown, client).event()).await?;
        Err(AuthError::InvalidGrant)
    }
}

fn alarm(action: &'static str, session: &sessions::Model, shown: &Parsed, client: &Client) -> Note {
    Note::anonymous(action, client)
        .by(session.user_id)
        .actor(Actor::Anonymous)
        .session(session.id)
        .outcome(Outcome::Denied)
        .detail(json!({ "shown": shown.counter, "valid": session.rt_counter }))
}

async fn end_reused(
    ground: &Ground,
    tx: &DatabaseTransaction,
    session: Uuid,
    user: Uuid,
    note: &Note,
) -> Result<(), AuthError> {
    let ended = revoke_tree(ground, tx, &[session], "refresh_reused").await?;
    // Of many that show old tokens at once, the first ends it; the person hears of it once.
    if ended.contains(&session) {
        if let Some(person) = users::Entity::find_by_id(user).one(tx).await? {
            let notice = Message::SessionReuse { to: person.email, name: person.name };
            ground.messages.enqueue(tx, Some(user), notice).await?;
        }
        ground.audit.record(tx, note.event()).await?;
    }
    Ok(())
}

/// `end`, or the end of the session if that comes first.
pub(super) fn no_later_than_absolute(end: DateTime<Utc>) -> Expr {
    let absolute = Expr::col(sessions::Column::AbsoluteExpiresAt);
    CaseStatement::new().case(absolute.clone().lt(end), absolute).finally(Expr::value(end)).into()
}
