//! Proving anew who one is, within a session.

use atriz_db::with_transaction;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::limits::TOKENS_IDLE;
use super::prove::{Claim, Proof, Proven};
use super::refresh::no_later_than_absolute;
use super::sign_in::{Checked, still};
use super::{Note, Sessions, SignedIn};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::{sessions, users};
use crate::ground::Ground;
use crate::secret::opaque::{self, Prefix};

impl Sessions {
    /// Proves the caller anew. The session stays, its secret does not: the old cookie is refused at once, the old refresh
    /// token after its grace.
    ///
    /// # Errors
    ///
    /// As [`Sessions::sign_in`].
    pub async fn step_up(
        &self,
        caller: &Caller,
        password: SecretString,
        code: Option<SecretString>,
        client: &Client,
    ) -> Result<SignedIn, AuthError> {
        let live = self.live(caller.session()?).await?.filter(|live| live.holds(self.ground.clock.now()));
        let live = live.ok_or(AuthError::InvalidToken)?;
        let user = users::Entity::find_by_id(live.session.user_id).one(self.ground.database.read()).await?;
        let user = user.ok_or(AuthError::InvalidToken)?;
        let claim = Claim {
            email_norm: &user.email_norm,
            password: &password,
            code: code.as_ref(),
            app: &live.app.code,
            action: "step_up",
            client,
        };
        let Proven { user, proof, upgrade, receipt } = self.prove(&claim).await?;
        // An address may have become somebody else's while the password was checked.
        if user.id != live.session.user_id {
            return Err(AuthError::InvalidToken);
        }
        let note = Note::of(caller, "step_up", client).at(&live.app.code).detail(json!({ "amr": proof.amr }));
        let is_cookie = live.session.cookie_hash.is_some();
        let (cookie, hash) = is_cookie.then(|| opaque::generate(Prefix::Session)).unzip();
        let (id, checked) = (live.session.id, Checked { user, upgrade });
        let renewed = with_transaction(&self.ground.database, |tx| {
            let (ground, checked, note) = (self.ground.clone(), checked.clone(), note.clone());
            let (proof, hash, receipt) = (proof.clone(), hash, receipt.clone());
            Box::pin(async move {
                let epoch = still(&ground, tx, checked).await?;
                let session = renew(&ground, tx, id, proof, hash).await?.ok_or(AuthError::InvalidToken)?;
                ground.throttles.refund_within(tx, &receipt).await?;
                ground.audit.record(tx, note.event()).await?;
                Ok::<_, AuthError>((session, epoch))
            })
        });
        let (session, epoch) = renewed.await?;
        let authority = self.authority(session.user_id, epoch).await?;
        self.hand_over(&session, &live.app, &authority, cookie).await
    }
}

/// Writes the new proof, and a new cookie or the next refresh token.
async fn renew(
    ground: &Ground,
    tx: &DatabaseTransaction,
    session: Uuid,
    proof: Proof,
    cookie: Option<[u8; 32]>,
) -> Result<Option<sessions::Model>, AuthError> {
    let now = ground.clock.now();
    let update = sessions::Entity::update_many()
        .col_expr(sessions::Column::AuthTime, Expr::value(proof.auth_time))
        .col_expr(sessions::Column::Amr, Expr::value(json!(proof.amr)))
        .col_expr(sessions::Column::Acr, Expr::value(proof.acr))
        .col_expr(sessions::Column::LastSeenAt, Expr::value(now));
    let update = match cookie {
        Some(hash) => update.col_expr(sessions::Column::CookieHash, Expr::value(hash.to_vec())),
        None => update
            .col_expr(sessions::Column::RtCounter, Expr::col(sessions::Column::RtCounter).add(1))
            .col_expr(sessions::Column::RtKeyId, Expr::value(ground.keyring.current_id().to_owned()))
            .col_expr(sessions::Column::RtRotatedAt, Expr::value(now))
            .col_expr(sessions::Column::RtReplays, Expr::value(0))
            .col_expr(sessions::Column::IdleExpiresAt, no_later_than_absolute(now + TOKENS_IDLE)),
    };
    let rows = update
        .filter(sessions::Column::Id.eq(session))
        .filter(sessions::Column::RevokedAt.is_null())
        .filter(sessions::Column::AbsoluteExpiresAt.gt(now))
        .exec_with_returning(tx)
        .await?;
    Ok(rows.into_iter().next())
}
