//! Changing the address.

use atriz_db::{Failure, FailureKind, with_transaction};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, Value};
use secrecy::SecretString;
use uuid::Uuid;

use super::prove::prove_link;
use super::{Accounts, prove_password, rows};
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::entity::auth::users;
use crate::ground::Ground;
use crate::message::Message;
use crate::sessions::{Note, Spared, revoke_all_of};
use crate::throttle::{Kind, Receipt, limits};
use crate::values::Email;
use crate::{AuthError, Caller, Client, single_use, sql};

impl Accounts {
    /// Asks for another address. Nothing changes before the link that is mailed there is opened. The answer is the same
    /// for an address that somebody else has.
    ///
    /// # Errors
    ///
    /// [`AuthError::Credentials`] for a wrong password, [`AuthError::Unacceptable`] for what is no address or is the old
    /// one, [`AuthError::Throttled`], [`AuthError::Overloaded`].
    pub async fn change_email(
        &self,
        caller: &Caller,
        email: &str,
        password: &SecretString,
        client: &Client,
    ) -> Result<(), AuthError> {
        let (session, email) = (caller.session()?, Email::parse(email)?);
        let charged = self.ground.throttles.charge(&limits::by_network(Kind::RecoveryIp, client)).await?;
        let account = match prove_password(&self.ground, caller, password, client, "email_change").await {
            Err(error @ AuthError::Overloaded { .. }) => {
                return Err(self.ground.throttles.give_up(charged, error).await);
            }
            proven => proven?,
        };
        if account.email == email.given() {
            return Err(AuthError::unacceptable("email", "it is the address you have"));
        }
        if self.is_pestered(Kind::ChangeAddress, &email, charged).await? {
            return Ok(());
        }
        let note = Note::of(caller, "email_change", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, account, email, note) = (self.ground.clone(), account.clone(), email.clone(), note.clone());
            Box::pin(async move { ask(&ground, transaction, (account, session), &email, &note).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }

    /// Changes the address by the link that was mailed to the new one and the password of the account. The old address is
    /// told, and all sessions end but the one that asked for it.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidSecret`] for a link that is unknown, used, or too old, and for another password; the link stays
    /// good then. [`AuthError::Conflict`] for an address that has an account by now: whoever opened the link owns it, and
    /// may know. [`AuthError::Throttled`], [`AuthError::Overloaded`].
    pub async fn confirm_email_change(
        &self,
        token: &SecretString,
        password: &SecretString,
        client: &Client,
    ) -> Result<(), AuthError> {
        let note = Note::anonymous("email_changed", client);
        let purpose = TokenPurpose::ChangeEmail;
        let receipt = prove_link(&self.ground, purpose, token, password, client, &note).await?;
        let done = with_transaction(&self.ground.database, |transaction| {
            let (ground, token, receipt, note) = (self.ground.clone(), token.clone(), receipt.clone(), note.clone());
            Box::pin(async move { confirm(&ground, transaction, &token, &receipt, note).await })
        })
        .await;
        self.ground.revocations.applied();
        self.ground.messages.wake();
        let Err(error) = done else { return Ok(()) };
        let error = match error {
            AuthError::Database(error) if Failure::of(&error).kind == FailureKind::Unique => {
                AuthError::Conflict("this address has an account of its own".to_owned())
            }
            other => other,
        };
        // The password was right.
        Err(self.ground.throttles.give_up(receipt, error).await)
    }
}

async fn ask(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    (account, session): (users::Model, Uuid),
    email: &Email,
    note: &Note,
) -> Result<(), AuthError> {
    // The session that asks is the one that stays when all others end.
    let target = Some(format!("{session} {}", email.given()));
    let token =
        single_use::issue(ground, transaction, TokenPurpose::ChangeEmail, account.id, target, single_use::VERIFY)
            .await?;
    let holder = users::Entity::find().filter(users::Column::EmailNorm.eq(email.norm())).one(transaction).await?;
    let message = match holder.filter(|holder| holder.id != account.id && holder.email_verified_at.is_some()) {
        Some(holder) => Message::AlreadyRegistered { to: holder.email, name: holder.name },
        None => Message::ChangeEmail { to: email.given().to_owned(), token: token.into() },
    };
    ground.messages.enqueue(transaction, Some(account.id), message).await?;
    let notice = Message::EmailChangeAsked { to: account.email, name: account.name };
    ground.messages.enqueue(transaction, Some(account.id), notice).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}

async fn confirm(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    token: &SecretString,
    receipt: &Receipt,
    note: Note,
) -> Result<(), AuthError> {
    // A claim to the address that nobody has proven gives way to the one that is proven now.
    const GIVE_WAY: &str = "DELETE FROM users WHERE email_norm = $1 AND id <> $2 AND email_verified_at IS NULL \
        AND status = 'active' AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.user_id = users.id)";
    const CHANGE: &str = "UPDATE users SET email = $2, email_norm = $3, email_verified_at = $4, updated_at = $4 \
        WHERE id = $1";
    let claimed = single_use::claim(ground, transaction, TokenPurpose::ChangeEmail, token).await?;
    let (user, cred_gen) = claimed.owner()?;
    let target = claimed.target.unwrap_or_default();
    let (session, email) = target.split_once(' ').ok_or(AuthError::InvalidSecret)?;
    let session = Uuid::parse_str(session).map_err(|_| AuthError::InvalidSecret)?;
    let email = Email::parse(email).map_err(|_| AuthError::InvalidSecret)?;
    let before = rows::next_generation(ground, transaction, user, cred_gen).await?;
    sql::execute(transaction, GIVE_WAY, [email.norm().into(), user.into()]).await?;
    let values: [Value; 4] = [user.into(), email.given().into(), email.norm().into(), ground.clock.now().into()];
    sql::execute(transaction, CHANGE, values).await?;
    rows::touch(ground, transaction, user).await?;
    let notice = Message::EmailChanged { to: before.email, name: before.name };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    revoke_all_of(ground, transaction, user, Spared::Alone(session), "email_changed").await?;
    ground.throttles.refund_within(transaction, receipt).await?;
    ground.audit.record(transaction, note.by(user).event()).await?;
    Ok(())
}
