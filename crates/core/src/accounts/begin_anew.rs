//! A person who has lost their second factor, and their recovery codes with it.

use atriz_db::with_transaction;
use atriz_kernel::UserId;
use sea_orm::{DatabaseTransaction, EntityTrait};
use serde_json::json;
use uuid::Uuid;

use super::{Accounts, reset, rows};
use crate::entity::auth::user_credentials;
use crate::entity::auth::users::UserStatus;
use crate::ground::Ground;
use crate::message::Message;
use crate::roles::{Lasting, Roles, may_give};
use crate::sessions::{Note, Spared, revoke_all_of};
use crate::{AuthError, Caller, Client, api_keys, second_factor};

const ACTION: &str = "user_second_factor_remove";

impl Accounts {
    /// Takes all second factors of a person away and has them begin anew: their sessions end, their password is good no
    /// longer, nor are their API keys, and a link for a new one is mailed to them. A password alone, which somebody else may
    /// know, would let in where it did not before. It takes `users.write`, and rights that are no fewer than theirs.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`] for a person who is not there or has no second factor,
    /// [`AuthError::Conflict`] for one's own account, and one that is not active or is being changed.
    pub async fn begin_anew(&self, caller: &Caller, user: UserId, client: &Client) -> Result<(), AuthError> {
        let begun = self.begin_anew_by(caller, user, client).await;
        self.ground.noting(begun, caller, ACTION, client).await
    }

    async fn begin_anew_by(&self, caller: &Caller, user: UserId, client: &Client) -> Result<(), AuthError> {
        caller.require("users.write")?;
        if caller.user == Some(user) {
            return Err(AuthError::Conflict("this is your own account".to_owned()));
        }
        let note = Note::of(caller, ACTION, client).to(user.0);
        let held = Roles::new(self.ground.clone()).of_user(user).await?;
        with_transaction(&self.ground.database, |transaction| {
            let (ground, note, caller, held) = (self.ground.clone(), note.clone(), caller.clone(), held.clone());
            Box::pin(async move {
                for role in held {
                    may_give(&ground, transaction, &caller, &role.code, Lasting::Now).await?;
                }
                begin_anew(&ground, transaction, user.0, note).await
            })
        })
        .await?;
        self.ground.revocations.applied();
        self.ground.messages.wake();
        Ok(())
    }
}

async fn begin_anew(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    note: Note,
) -> Result<(), AuthError> {
    let account = rows::load(transaction, user).await?;
    if account.status != UserStatus::Active {
        return Err(AuthError::Conflict("the account is not active".to_owned()));
    }
    // The person first: whoever adds or removes a factor beside this locks them, too.
    let raised = rows::next_generation(ground, transaction, user, account.cred_gen).await;
    let account = raised.map_err(|error| match error {
        AuthError::InvalidSecret => AuthError::Conflict("the account is being changed".to_owned()),
        other => other,
    })?;
    let removed = second_factor::remove_all_of(ground, transaction, user).await?;
    if removed == 0 {
        return Err(AuthError::NotFound);
    }
    user_credentials::Entity::delete_by_id(user).exec(transaction).await?;
    let name = rows::called(&account);
    let notice = Message::SecondFactorRemoved { to: account.email.clone(), name: name.clone() };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    reset::send_link(ground, transaction, user, &account.email_norm, account.email, name).await?;
    let keys = api_keys::end_all_of(ground, transaction, user).await?;
    revoke_all_of(ground, transaction, user, Spared::Nobody, "second_factor_removed").await?;
    ground.revocations.keys(transaction, &keys).await?;
    let note = note.detail(json!({ "factors": removed, "api_keys": keys.len() }));
    Ok(ground.audit.record(transaction, note.event()).await?)
}
