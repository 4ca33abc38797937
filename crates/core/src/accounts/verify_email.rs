//! Proving an address.

use atriz_db::with_transaction;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use secrecy::SecretString;
use uuid::Uuid;

use super::{Accounts, rows};
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::entity::auth::users::{self, UserStatus};
use crate::ground::Ground;
use crate::message::Message;
use crate::sessions::Note;
use crate::throttle::{Kind, limits};
use crate::values::Email;
use crate::{AuthError, Client, single_use, sql};

/// The role that everybody with an account holds.
pub(super) const EVERYBODY: &str = "member";

impl Accounts {
    /// Proves the address that a link was mailed to. From then on the account can sign in.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidSecret`] for a link that is unknown, used, too old, or of a claim that was replaced.
    pub async fn verify_email(&self, token: &SecretString, client: &Client) -> Result<(), AuthError> {
        let note = Note::anonymous("email_verify", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, token, note) = (self.ground.clone(), token.clone(), note.clone());
            Box::pin(async move { verify(&ground, transaction, &token, note).await })
        })
        .await
    }

    /// Mails the link once more. The answer is the same whether there is anything to prove.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for a text that is no address, [`AuthError::Throttled`].
    pub async fn resend_verification(&self, email: &str, client: &Client) -> Result<(), AuthError> {
        let email = Email::parse(email)?;
        let _charged = self.ground.throttles.charge(&limits::by_network(Kind::RecoveryIp, client)).await?;
        if self.is_pestered(Kind::VerifyAddress, &email).await? {
            return Ok(());
        }
        let nobody = atriz_kernel::new_id(&*self.ground.clock);
        let note = Note::anonymous("email_verify_resend", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, email, note) = (self.ground.clone(), email.clone(), note.clone());
            Box::pin(async move { resend(&ground, transaction, &email, nobody, note).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }
}

async fn verify(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    token: &SecretString,
    note: Note,
) -> Result<(), AuthError> {
    let claimed = single_use::claim(ground, transaction, TokenPurpose::VerifyEmail, token).await?;
    let (user, cred_gen) = claimed.owner()?;
    let address = claimed.target.ok_or(AuthError::InvalidSecret)?;
    mark_verified(ground, transaction, user, cred_gen, &address).await?;
    ground.audit.record(transaction, note.by(user).event()).await?;
    Ok(())
}

/// Notes that the person of this generation of credentials owns the address, and gives them what everybody has.
pub(super) async fn mark_verified(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    cred_gen: i64,
    address: &str,
) -> Result<(), AuthError> {
    const VERIFY: &str = "UPDATE users SET email_verified_at = COALESCE(email_verified_at, $4), updated_at = $4 \
        WHERE id = $1 AND cred_gen = $2 AND email_norm = $3 AND status = 'active'";
    let values = [user.into(), cred_gen.into(), address.into(), ground.clock.now().into()];
    if sql::execute(transaction, VERIFY, values).await? == 0 {
        return Err(AuthError::InvalidSecret);
    }
    rows::touch(ground, transaction, user).await?;
    rows::give_role(ground, transaction, user, EVERYBODY, None).await?;
    Ok(())
}

/// The same statements whatever is found: those that must do nothing are aimed at nobody.
async fn resend(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    email: &Email,
    nobody: Uuid,
    note: Note,
) -> Result<(), DbErr> {
    let found = users::Entity::find().filter(users::Column::EmailNorm.eq(email.norm())).one(transaction).await?;
    let found = found.filter(|user| user.status == UserStatus::Active && user.email_verified_at.is_none());
    let about = found.as_ref().map_or(nobody, |user| user.id);
    let to = found.map_or_else(|| email.given().to_owned(), |user| user.email);
    let target = Some(email.norm().to_owned());
    let token =
        single_use::issue(ground, transaction, TokenPurpose::VerifyEmail, about, target, single_use::VERIFY).await?;
    let message = Message::VerifyEmail { to, token: token.into() };
    ground.messages.enqueue(transaction, Some(about), message).await?;
    ground.audit.record(transaction, note.event()).await
}
