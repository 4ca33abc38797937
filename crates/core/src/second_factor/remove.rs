//! Removing an authenticator app.

use atriz_db::with_transaction;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};
use secrecy::SecretString;
use uuid::Uuid;

use super::check::all;
use super::{SecondFactors, recovery};
use crate::accounts::{next_generation, prove_password};
use crate::entity::auth::{totp_secrets, users};
use crate::ground::Ground;
use crate::message::Message;
use crate::password::Policy;
use crate::sessions::Note;
use crate::{AuthError, Caller, Client};

const ACTION: &str = "totp_remove";

impl SecondFactors {
    /// Removes an authenticator app. With the last one the recovery codes go, too.
    ///
    /// # Errors
    ///
    /// [`AuthError::Credentials`] for a wrong password or code, [`AuthError::Conflict`] for the last one while the password
    /// is too short to stand alone, [`AuthError::NotFound`], [`AuthError::Throttled`], [`AuthError::Overloaded`].
    pub async fn remove(
        &self,
        caller: &Caller,
        id: Uuid,
        password: &SecretString,
        code: &SecretString,
        client: &Client,
    ) -> Result<(), AuthError> {
        let account = prove_password(&self.ground, caller, password, client, ACTION).await?;
        let (alone, factors) = (Policy::stands_alone(password), self.list(caller).await?);
        let Some(factor) = factors.iter().find(|factor| factor.id == id) else { return Err(AuthError::NotFound) };
        if factor.confirmed_at.is_some() {
            let confirmed = factors.iter().filter(|factor| factor.confirmed_at.is_some()).count();
            if confirmed == 1 && !alone {
                return Err(too_short());
            }
            self.check(account.id, code, client).await?;
        }
        let note = Note::of(caller, ACTION, client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, account, note) = (self.ground.clone(), account.clone(), note.clone());
            Box::pin(async move { remove(&ground, transaction, account, (id, alone), &note).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }
}

/// Takes all factors of a person away, with their recovery codes and whatever was counted of wrong ones. How many were
/// confirmed.
pub(crate) async fn remove_all_of(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
) -> Result<u64, AuthError> {
    let of_person = || totp_secrets::Column::UserId.eq(user);
    let confirmed = totp_secrets::Column::ConfirmedAt.is_not_null();
    let confirmed = totp_secrets::Entity::find().filter(of_person()).filter(confirmed).count(transaction).await?;
    totp_secrets::Entity::delete_many().filter(of_person()).exec(transaction).await?;
    recovery::remove(transaction, user).await?;
    ground.throttles.forgive(transaction, &all(user)).await?;
    Ok(confirmed)
}

fn too_short() -> AuthError {
    AuthError::Conflict("the password is too short to stand alone; choose a longer one first".to_owned())
}

async fn remove(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    account: users::Model,
    (id, alone): (Uuid, bool),
    note: &Note,
) -> Result<(), AuthError> {
    // The person first: of two requests that each leave one factor, the second sees that it would leave none.
    let raised = next_generation(ground, transaction, account.id, account.cred_gen).await;
    let account = raised.map_err(|error| match error {
        AuthError::InvalidSecret => AuthError::Credentials,
        other => other,
    })?;
    let of_person = || totp_secrets::Column::UserId.eq(account.id);
    let there = totp_secrets::Entity::find_by_id(id).filter(of_person()).one(transaction).await?;
    let there = there.ok_or(AuthError::NotFound)?;
    totp_secrets::Entity::delete_by_id(id).exec(transaction).await?;
    let confirmed = totp_secrets::Column::ConfirmedAt.is_not_null();
    let left = totp_secrets::Entity::find().filter(of_person()).filter(confirmed).count(transaction).await?;
    if left == 0 {
        if there.confirmed_at.is_some() && !alone {
            return Err(too_short());
        }
        recovery::remove(transaction, account.id).await?;
    }
    let user = account.id;
    let notice = Message::SecondFactorRemoved { to: account.email, name: account.name };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}
