//! Shutting one's own account.

use atriz_db::with_transaction;
use sea_orm::DatabaseTransaction;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::{Accounts, prove_password, rows};
use crate::ground::Ground;
use crate::message::Message;
use crate::roles::somebody_stays;
use crate::sessions::{Note, Spared, revoke_all_of};
use crate::{AuthError, Caller, Client, api_keys, sql};

impl Accounts {
    /// Shuts the account of the person who asks, and ends all its sessions and API keys. An administrator can open it again.
    ///
    /// # Errors
    ///
    /// [`AuthError::Credentials`] for a wrong password, [`AuthError::Conflict`] for the last administrator.
    pub async fn deactivate(&self, caller: &Caller, password: &SecretString, client: &Client) -> Result<(), AuthError> {
        let user = prove_password(&self.ground, caller, password, client, "account_deactivate").await?.id;
        let note = Note::of(caller, "account_deactivate", client);
        self.shut(user, note, "deactivated").await
    }

    /// Shuts an account.
    pub(super) async fn shut(&self, user: Uuid, note: Note, reason: &'static str) -> Result<(), AuthError> {
        with_transaction(&self.ground.database, |transaction| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move { shut(&ground, transaction, user, &note, reason).await })
        })
        .await?;
        self.ground.revocations.applied();
        self.ground.messages.wake();
        Ok(())
    }
}

async fn shut(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    note: &Note,
    reason: &'static str,
) -> Result<(), AuthError> {
    const SHUT: &str = "UPDATE users SET status = 'disabled', cred_gen = cred_gen + 1, updated_at = $2 \
        WHERE id = $1 AND status = 'active'";
    let administrators = super::first_admin::lock_administrators(ground, transaction).await?;
    let account = rows::load(transaction, user).await?;
    if sql::execute(transaction, SHUT, [user.into(), ground.clock.now().into()]).await? == 0 {
        return Err(AuthError::Conflict("the account is not active".to_owned()));
    }
    if administrators.contains(&user) {
        somebody_stays(transaction).await?;
    }
    rows::touch(ground, transaction, user).await?;
    let notice = Message::AccountDisabled { name: rows::called(&account), to: account.email };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    // An account that is opened again finds none of them: they may be why it was shut.
    let keys = api_keys::end_all_of(ground, transaction, user).await?;
    revoke_all_of(ground, transaction, user, Spared::Nobody, reason).await?;
    ground.revocations.keys(transaction, &keys).await?;
    ground.audit.record(transaction, note.clone().detail(json!({ "api_keys": keys.len() })).event()).await?;
    Ok(())
}
