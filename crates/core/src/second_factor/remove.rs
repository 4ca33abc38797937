//! Removing an authenticator app.

use atriz_db::with_transaction;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter};
use secrecy::SecretString;
use uuid::Uuid;

use super::{SecondFactors, recovery};
use crate::accounts::prove_password;
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
        let factors = self.list(caller).await?;
        let Some(factor) = factors.iter().find(|factor| factor.id == id) else { return Err(AuthError::NotFound) };
        if factor.confirmed_at.is_some() {
            let confirmed = factors.iter().filter(|factor| factor.confirmed_at.is_some()).count();
            if confirmed == 1 && !Policy::stands_alone(password) {
                let why = "the password is too short to stand alone; choose a longer one first";
                return Err(AuthError::Conflict(why.to_owned()));
            }
            self.check(account.id, code, client).await?;
        }
        let note = Note::of(caller, ACTION, client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, account, note) = (self.ground.clone(), account.clone(), note.clone());
            Box::pin(async move { remove(&ground, transaction, account, id, &note).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }
}

async fn remove(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    account: users::Model,
    id: Uuid,
    note: &Note,
) -> Result<(), AuthError> {
    let of_person = || totp_secrets::Column::UserId.eq(account.id);
    let gone = totp_secrets::Entity::delete_by_id(id).filter(of_person()).exec(transaction).await?;
    if gone.rows_affected == 0 {
        return Err(AuthError::NotFound);
    }
    let confirmed = totp_secrets::Column::ConfirmedAt.is_not_null();
    let left = totp_secrets::Entity::find().filter(of_person()).filter(confirmed).count(transaction).await?;
    if left == 0 {
        recovery::remove(transaction, account.id).await?;
    }
    let user = account.id;
    let notice = Message::SecondFactorRemoved { to: account.email, name: account.name };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}
