//! Proving an address, by the link that was mailed there and the password of the claim.

use atriz_db::with_transaction;
use sea_orm::{DatabaseTransaction, DbErr};
use secrecy::SecretString;
use uuid::Uuid;

use super::by_mail::Wanted;
use super::prove::prove_link;
use super::{Accounts, rows};
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::ground::Ground;
use crate::message::Message;
use crate::sessions::Note;
use crate::throttle::Receipt;
use crate::{AuthError, Client, single_use, sql};

/// The role that everybody with an account holds.
pub(super) const EVERYBODY: &str = "member";

impl Accounts {
    /// Proves the address that a link was mailed to, by the link and the password that was chosen with it. From then on
    /// the account can sign in.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidSecret`] for a link that is unknown, used, too old, or of a claim that was replaced, and for
    /// another password than that of the claim; the link stays good then. [`AuthError::Throttled`] and
    /// [`AuthError::Overloaded`].
    pub async fn verify_email(
        &self,
        token: &SecretString,
        password: &SecretString,
        client: &Client,
    ) -> Result<(), AuthError> {
        let note = Note::anonymous("email_verify", client);
        let purpose = TokenPurpose::VerifyEmail;
        let receipt = prove_link(&self.ground, purpose, token, password, client, &note).await?;
        let done = with_transaction(&self.ground.database, |transaction| {
            let (ground, token, receipt, note) = (self.ground.clone(), token.clone(), receipt.clone(), note.clone());
            Box::pin(async move { verify(&ground, transaction, &token, &receipt, note).await })
        })
        .await;
        match done {
            Ok(()) => Ok(()),
            // The password was right.
            Err(error) => Err(self.ground.throttles.give_up(receipt, error).await),
        }
    }

    /// Mails the link once more. The answer is the same whether there is anything to prove.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for a text that is no address, [`AuthError::Throttled`].
    pub async fn resend_verification(&self, email: &str, client: &Client) -> Result<(), AuthError> {
        self.mail(Wanted::Proof, email, client).await
    }
}

/// The password was that of the generation that the link is bound to: whatever changed it since voided the link.
async fn verify(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    token: &SecretString,
    receipt: &Receipt,
    note: Note,
) -> Result<(), AuthError> {
    let claimed = single_use::claim(ground, transaction, TokenPurpose::VerifyEmail, token).await?;
    let (user, cred_gen) = claimed.owner()?;
    let address = claimed.target.ok_or(AuthError::InvalidSecret)?;
    mark_verified(ground, transaction, user, cred_gen, &address).await?;
    ground.throttles.refund_within(transaction, receipt).await?;
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

/// Makes a link that proves an address and mails it. Nothing goes out for somebody who is not there.
pub(super) async fn send_link(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    address: &str,
    to: String,
) -> Result<(), DbErr> {
    let target = Some(address.to_owned());
    let token =
        single_use::issue(ground, transaction, TokenPurpose::VerifyEmail, user, target, single_use::VERIFY).await?;
    ground.messages.enqueue(transaction, Some(user), Message::VerifyEmail { to, token: token.into() }).await
}
