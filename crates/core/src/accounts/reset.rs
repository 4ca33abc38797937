//! Setting a new password without the old one.

use atriz_db::with_transaction;
use sea_orm::{DatabaseTransaction, DbErr};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::by_mail::Wanted;
use super::{Accounts, rows, verify_email};
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::ground::Ground;
use crate::message::Message;
use crate::password::{Context, Hashed, Policy};
use crate::second_factor::SecondFactors;
use crate::sessions::{Note, Spared, revoke_all_of};
use crate::{AuthError, Client, api_keys, single_use};

impl Accounts {
    /// Mails a link for a new password, if the address has an account. The answer is the same if it has none.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for a text that is no address, [`AuthError::Throttled`].
    pub async fn forgot_password(&self, email: &str, client: &Client) -> Result<(), AuthError> {
        self.mail(Wanted::NewPassword, email, client).await
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
    let keys = api_keys::end_all_of(ground, transaction, user).await?;
    revoke_all_of(ground, transaction, user, Spared::Nobody, "password_reset").await?;
    ground.revocations.keys(transaction, &keys).await?;
    ground.audit.record(transaction, note.by(user).detail(json!({ "api_keys": keys.len() })).event()).await?;
    Ok(())
}
