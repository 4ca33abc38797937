//! What administrators do with the accounts of others.

use atriz_db::with_transaction;
use atriz_kernel::UserId;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::{Accounts, reset, rows};
use crate::entity::auth::users::UserStatus;
use crate::ground::Ground;
use crate::sessions::Note;
use crate::{AuthError, Caller, Client, sql};

impl Accounts {
    /// Shuts an account, and ends all its sessions and API keys. It takes `users.disable`.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`], [`AuthError::Conflict`] for one's own account, the last
    /// administrator, and one that is not active.
    pub async fn disable(&self, caller: &Caller, user: UserId, client: &Client) -> Result<(), AuthError> {
        caller.require("users.disable")?;
        if caller.user == Some(user) {
            return Err(AuthError::Conflict("this is your own account".to_owned()));
        }
        self.shut(user.0, Note::of(caller, "user_disable", client).to(user.0), "disabled").await
    }

    /// Opens a shut account again. It takes `users.disable`.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`], [`AuthError::Conflict`] for one that is not shut.
    pub async fn enable(&self, caller: &Caller, user: UserId, client: &Client) -> Result<(), AuthError> {
        caller.require("users.disable")?;
        let note = Note::of(caller, "user_enable", client).to(user.0);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move { enable(&ground, transaction, user.0, &note).await })
        })
        .await
    }

    /// Mails a person a link for a new password. Whoever asks for it never sees it, nor the password. It takes
    /// `users.write`.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`], [`AuthError::Conflict`] for an account that is not active.
    pub async fn start_reset(&self, caller: &Caller, user: UserId, client: &Client) -> Result<(), AuthError> {
        caller.require("users.write")?;
        let note = Note::of(caller, "user_password_reset", client).to(user.0);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move { start_reset(&ground, transaction, user.0, &note).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }
}

async fn enable(ground: &Ground, transaction: &DatabaseTransaction, user: Uuid, note: &Note) -> Result<(), AuthError> {
    const OPEN: &str = "UPDATE users SET status = 'active', updated_at = $2 WHERE id = $1 AND status = 'disabled'";
    rows::load(transaction, user).await?;
    if sql::execute(transaction, OPEN, [user.into(), ground.clock.now().into()]).await? == 0 {
        return Err(AuthError::Conflict("the account is not disabled".to_owned()));
    }
    rows::touch(ground, transaction, user).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}

async fn start_reset(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    note: &Note,
) -> Result<(), AuthError> {
    let account = rows::load(transaction, user).await?;
    if account.status != UserStatus::Active {
        return Err(AuthError::Conflict("the account is not active".to_owned()));
    }
    let name = rows::called(&account);
    reset::send_link(ground, transaction, user, &account.email_norm, account.email, name).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}
