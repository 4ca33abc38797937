//! One's own account.

use atriz_db::with_transaction;
use sea_orm::sea_query::LockType;
use sea_orm::{DatabaseTransaction, EntityTrait, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{Account, Accounts, rows};
use crate::entity::auth::users;
use crate::ground::Ground;
use crate::sessions::Note;
use crate::values::parse_name;
use crate::{AuthError, Caller, Client, sql};

impl Accounts {
    /// The account of the person who asks.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for a service account or an API key.
    pub async fn profile(&self, caller: &Caller) -> Result<Account, AuthError> {
        caller.session()?;
        Ok(rows::load(self.ground.database.read(), caller.user()?.0).await?.into())
    }

    /// Changes what the person who asks is called. With an `expected` version it is changed only if it is still that.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for what is no name, [`AuthError::Conflict`] for a version that is over,
    /// [`AuthError::Forbidden`] for an API key.
    pub async fn rename(
        &self,
        caller: &Caller,
        name: &str,
        expected: Option<i64>,
        client: &Client,
    ) -> Result<Account, AuthError> {
        caller.session()?;
        let (user, name) = (caller.user()?.0, parse_name(name)?);
        let note = Note::of(caller, "profile_change", client).detail(json!({ "changed": ["name"] }));
        with_transaction(&self.ground.database, |transaction| {
            let (ground, name, note) = (self.ground.clone(), name.clone(), note.clone());
            Box::pin(async move { rename(&ground, transaction, user, name, expected, &note).await })
        })
        .await
    }
}

async fn rename(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    name: String,
    expected: Option<i64>,
    note: &Note,
) -> Result<Account, AuthError> {
    const RENAME: &str = "UPDATE users SET name = $2, updated_at = $3 WHERE id = $1";
    let there = users::Entity::find_by_id(user)
        .lock(LockType::NoKeyUpdate)
        .one(transaction)
        .await?
        .ok_or(AuthError::NotFound)?;
    if expected.is_some_and(|expected| expected != there.version) {
        return Err(AuthError::Conflict("the account was changed in between".to_owned()));
    }
    sql::execute(transaction, RENAME, [user.into(), name.into(), ground.clock.now().into()]).await?;
    rows::touch(ground, transaction, user).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(rows::load(transaction, user).await?.into())
}
