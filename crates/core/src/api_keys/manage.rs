//! Listing and ending keys.

use atriz_db::with_transaction;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use serde_json::json;
use uuid::Uuid;

use super::{ApiKeyInfo, ApiKeys, found};
use crate::AuthError;
use crate::caller::{Caller, Client};
use crate::entity::auth::api_keys;
use crate::ground::Ground;
use crate::sessions::Note;

impl ApiKeys {
    /// The caller's own keys that were not ended, newest first.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for a service account, and for an API key: a leaked one would tell of the others.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<ApiKeyInfo>, AuthError> {
        caller.session()?;
        self.keys(Condition::all().add(api_keys::Column::UserId.eq(caller.user()?.0))).await
    }

    /// Ends one of the caller's own keys.
    ///
    /// # Errors
    ///
    /// [`AuthError::NotFound`] for one that is not theirs, [`AuthError::Forbidden`] for an API key that asks.
    pub async fn revoke(&self, caller: &Caller, key: Uuid, client: &Client) -> Result<(), AuthError> {
        caller.session()?;
        let own = api_keys::Column::UserId.eq(caller.user()?.0);
        self.end(key, Condition::all().add(own), Note::of(caller, "api_key.revoke", client)).await
    }

    pub(super) async fn keys(&self, whose: Condition) -> Result<Vec<ApiKeyInfo>, AuthError> {
        let which = whose.add(api_keys::Column::RevokedAt.is_null());
        let mut keys = found::all(self.ground.database.read(), which).await?;
        keys.sort_by_key(|found| std::cmp::Reverse((found.key.created_at, found.key.id)));
        Ok(keys.into_iter().map(|found| ApiKeyInfo::new(found.key, found.app)).collect())
    }

    /// Ends a key, if it is one of `whose`.
    pub(crate) async fn end(&self, key: Uuid, whose: Condition, note: Note) -> Result<(), AuthError> {
        let note = note.detail(json!({ "key": key }));
        let is_there = with_transaction(&self.ground.database, |tx| {
            let (ground, whose, note) = (self.ground.clone(), whose.clone(), note.clone());
            Box::pin(async move {
                let which = whose.add(api_keys::Column::Id.eq(key));
                let ended = api_keys::Entity::update_many()
                    .col_expr(api_keys::Column::RevokedAt, Expr::value(ground.clock.now()))
                    .filter(which.clone())
                    .filter(api_keys::Column::RevokedAt.is_null())
                    .exec(tx)
                    .await?;
                if ended.rows_affected > 0 {
                    ground.revocations.keys(tx, &[key]).await?;
                    ground.audit.record(tx, note.event()).await?;
                    return Ok(true);
                }
                // One that has ended already is as ended as it can be.
                Ok::<_, AuthError>(api_keys::Entity::find().filter(which).one(tx).await?.is_some())
            })
        })
        .await?;
        self.ground.revocations.applied();
        if is_there { Ok(()) } else { Err(AuthError::NotFound) }
    }
}

/// Ends all keys of a person, within the transaction of what ends them, and answers which. The caller tells of them by
/// `revocations.keys`, behind all rows that end: whoever ends one takes its row before the feed's, too.
pub(crate) async fn end_all_of(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
) -> Result<Vec<Uuid>, DbErr> {
    let ended = api_keys::Entity::update_many()
        .col_expr(api_keys::Column::RevokedAt, Expr::value(ground.clock.now()))
        .filter(api_keys::Column::UserId.eq(user))
        .filter(api_keys::Column::RevokedAt.is_null())
        .exec_with_returning(transaction)
        .await?;
    Ok(ended.into_iter().map(|key| key.id).collect())
}
