//! Changing the password with the old one.

use atriz_db::with_transaction;
use sea_orm::DatabaseTransaction;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{Accounts, prove_password, rows};
use crate::entity::auth::users;
use crate::ground::Ground;
use crate::message::Message;
use crate::password::{Context, Hashed, Policy};
use crate::second_factor::SecondFactors;
use crate::sessions::{Note, SessionCookie, Sessions, Spared, revoke_all_of};
use crate::{AuthError, Caller, Client};

const ACTION: &str = "password_change";

impl Accounts {
    /// Changes the password of the person who asks. All other sessions end, those that were derived from this one among them,
    /// and this one gets another cookie, if it has one.
    ///
    /// # Errors
    ///
    /// [`AuthError::Credentials`] for a wrong old password, [`AuthError::Unacceptable`] for a new one that cannot be taken,
    /// [`AuthError::Throttled`], [`AuthError::Overloaded`].
    pub async fn change_password(
        &self,
        caller: &Caller,
        current: &SecretString,
        new: &SecretString,
        client: &Client,
    ) -> Result<Option<SessionCookie>, AuthError> {
        let session = caller.session()?;
        let account = prove_password(&self.ground, caller, current, client, ACTION).await?;
        if current.expose_secret() == new.expose_secret() {
            return Err(AuthError::unacceptable("password", "it is the old one"));
        }
        let second_factor = SecondFactors::new(self.ground.clone()).required(account.id).await?;
        Policy::check(new, &Context { name: &account.name, email: &account.email_norm, second_factor })?;
        let hashed = self.ground.hashing.hash(new).await?;
        let note = Note::of(caller, ACTION, client);
        let cookie = with_transaction(&self.ground.database, |transaction| {
            let (ground, account, hashed, note) = (self.ground.clone(), account.clone(), hashed.clone(), note.clone());
            Box::pin(async move { change(&ground, transaction, account, session, &hashed, &note).await })
        })
        .await?;
        self.ground.revocations.applied();
        self.ground.messages.wake();
        Ok(cookie)
    }
}

async fn change(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    account: users::Model,
    session: Uuid,
    hashed: &Hashed,
    note: &Note,
) -> Result<Option<SessionCookie>, AuthError> {
    let user = account.id;
    let raised = rows::next_generation(ground, transaction, user, account.cred_gen).await;
    let account = raised.map_err(|error| match error {
        // The credentials changed while the old password was checked: it may be the old one no longer.
        AuthError::InvalidSecret => AuthError::Credentials,
        other => other,
    })?;
    rows::set_password(ground, transaction, user, hashed).await?;
    rows::touch(ground, transaction, user).await?;
    let notice = Message::PasswordChanged { to: account.email, name: account.name };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    revoke_all_of(ground, transaction, user, Spared::Alone(session), "password_changed").await?;
    let cookie = Sessions::new(ground.clone()).renew_cookie(transaction, session).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(cookie)
}
