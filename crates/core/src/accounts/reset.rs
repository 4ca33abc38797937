//! Setting a new password without the old one.

use atriz_db::with_transaction;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::{Accounts, rows, verify_email};
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::entity::auth::users::{self, UserStatus};
use crate::ground::Ground;
use crate::message::Message;
use crate::password::{Context, Hashed, Policy};
use crate::second_factor::SecondFactors;
use crate::sessions::{Note, revoke_all_of};
use crate::throttle::{Kind, limits};
use crate::values::Email;
use crate::{AuthError, Client, single_use, sql};

impl Accounts {
    /// Mails a link for a new password, if the address has an account. The answer is the same if it has none.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for a text that is no address, [`AuthError::Throttled`].
    pub async fn forgot_password(&self, email: &str, client: &Client) -> Result<(), AuthError> {
        let email = Email::parse(email)?;
        let _charged = self.ground.throttles.charge(&limits::by_network(Kind::RecoveryIp, client)).await?;
        if self.is_pestered(Kind::ResetAddress, &email).await? {
            return Ok(());
        }
        let nobody = atriz_kernel::new_id(&*self.ground.clock);
        let note = Note::anonymous("password_forgot", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, email, note) = (self.ground.clone(), email.clone(), note.clone());
            Box::pin(async move { forgot(&ground, transaction, &email, nobody, note).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }

    /// Sets a new password by the link that was mailed. All sessions and API keys end, nobody is signed in by it, and a
    /// second factor is asked for at the next sign-in as before. Wrong passwords of before make nobody wait any more.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidSecret`] for a link that is unknown, used or too old, [`AuthError::Unacceptable`] for a password
    /// that cannot be taken (the link stays good then), [`AuthError::Overloaded`].
    pub async fn reset_password(
        &self,
        token: &SecretString,
        password: &SecretString,
        client: &Client,
    ) -> Result<(), AuthError> {
        // A look before the costly part; what counts is the claim below.
        let (user, _) = single_use::peek(&self.ground, TokenPurpose::ResetPassword, token).await?.owner()?;
        let account = rows::load(self.ground.database.read(), user).await?;
        let second_factor = SecondFactors::new(self.ground.clone()).required(user).await?;
        Policy::check(password, &Context { name: &account.name, email: &account.email_norm, second_factor })?;
        // Outside the transaction, which would hold rows, and on SQLite the only writer, for as long as it takes.
        let hashed = self.ground.hashing.hash(password).await?;
        let note = Note::anonymous("password_reset", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, token, hashed) = (self.ground.clone(), token.clone(), hashed.clone());
            let (note, client) = (note.clone(), client.clone());
            Box::pin(async move { reset(&ground, transaction, &token, &hashed, note, &client).await })
        })
        .await?;
        self.ground.revocations.applied();
        self.ground.messages.wake();
        Ok(())
    }
}

/// The same statements whatever is found: those that must do nothing are aimed at nobody.
async fn forgot(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    email: &Email,
    nobody: Uuid,
    note: Note,
) -> Result<(), DbErr> {
    let found = users::Entity::find().filter(users::Column::EmailNorm.eq(email.norm())).one(transaction).await?;
    let found = found.filter(|user| user.status == UserStatus::Active);
    let about = found.as_ref().map_or(nobody, |user| user.id);
    let name = found.as_ref().map(rows::called).unwrap_or_default();
    let to = found.map_or_else(|| email.given().to_owned(), |user| user.email);
    send_link(ground, transaction, about, email.norm(), to, name).await?;
    ground.audit.record(transaction, note.event()).await
}

/// Makes a link for a new password and mails it. Nothing goes out for somebody who is not there.
pub(super) async fn send_link(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    address: &str,
    to: String,
    name: String,
) -> Result<(), DbErr> {
    let target = Some(address.to_owned());
    let token =
        single_use::issue(ground, transaction, TokenPurpose::ResetPassword, user, target, single_use::RESET).await?;
    ground.messages.enqueue(transaction, Some(user), Message::ResetPassword { to, name, token: token.into() }).await
}

async fn reset(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    token: &SecretString,
    hashed: &Hashed,
    note: Note,
    client: &Client,
) -> Result<(), AuthError> {
    const KEYS: &str = "UPDATE api_keys SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL";
    let claimed = single_use::claim(ground, transaction, TokenPurpose::ResetPassword, token).await?;
    let (user, cred_gen) = claimed.owner()?;
    let account = rows::next_generation(ground, transaction, user, cred_gen).await?;
    rows::set_password(ground, transaction, user, hashed).await?;
    if account.email_verified_at.is_none() {
        // The link was mailed there, so whoever opened it owns the address.
        let address = claimed.target.ok_or(AuthError::InvalidSecret)?;
        verify_email::mark_verified(ground, transaction, user, account.cred_gen, &address).await?;
    } else {
        rows::touch(ground, transaction, user).await?;
    }
    ground.throttles.open_way(transaction, &account.email_norm, client).await?;
    let notice = Message::PasswordReset { name: rows::called(&account), to: account.email };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    revoke_all_of(ground, transaction, user, None, "password_reset").await?;
    let keys = sql::execute(transaction, KEYS, [user.into(), ground.clock.now().into()]).await?;
    ground.audit.record(transaction, note.by(user).detail(json!({ "api_keys": keys })).event()).await?;
    Ok(())
}
