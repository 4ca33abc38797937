//! Proving an address.
//!
//! The link of a mail says that somebody reads what is sent to the address, and nothing about who asked for it. So it is
//! good together with the password of the claim alone: an owner who presses a button in a mail must not make somebody
//! else's account out of their own address.

use atriz_db::with_transaction;
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::by_mail::Wanted;
use super::{Accounts, rows};
use crate::audit::Outcome;
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::entity::auth::user_credentials;
use crate::ground::Ground;
use crate::message::Message;
use crate::password::Stored;
use crate::sessions::Note;
use crate::throttle::{Receipt, limits};
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
        let receipt = self.prove_claim(token, password, client, &note).await?;
        with_transaction(&self.ground.database, |transaction| {
            let (ground, token, receipt, note) = (self.ground.clone(), token.clone(), receipt.clone(), note.clone());
            Box::pin(async move { verify(&ground, transaction, &token, &receipt, note).await })
        })
        .await
    }

    /// Mails the link once more. The answer is the same whether there is anything to prove.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for a text that is no address, [`AuthError::Throttled`].
    pub async fn resend_verification(&self, email: &str, client: &Client) -> Result<(), AuthError> {
        self.mail(Wanted::Proof, email, client).await
    }

    /// Checks the password of the claim that a link belongs to. A link that is good for nothing costs the same hash and
    /// the same statements, and is answered alike. Answers what the try was charged, under the limits of a sign-in: a
    /// second door must not double the guesses.
    async fn prove_claim(
        &self,
        token: &SecretString,
        password: &SecretString,
        client: &Client,
        note: &Note,
    ) -> Result<Receipt, AuthError> {
        // Junk carries no right checksum, and is not worth a question nor a hash.
        let shown = single_use::shape(TokenPurpose::VerifyEmail, token)?;
        let claimed = match single_use::peek(&self.ground, TokenPurpose::VerifyEmail, token).await {
            Ok(claimed) => Some(claimed),
            Err(AuthError::InvalidSecret) => None,
            Err(error) => return Err(error),
        };
        let user = claimed.as_ref().and_then(|claimed| claimed.user);
        let address = claimed.and_then(|claimed| claimed.target).unwrap_or(shown);
        let nobody = atriz_kernel::new_id(&*self.ground.clock);
        let credential =
            user_credentials::Entity::find_by_id(user.unwrap_or(nobody)).one(self.ground.database.read()).await?;
        let receipt = self.ground.throttles.charge(&limits::sign_in(&address, client)).await?;
        let stored = credential.as_ref().map(Stored::from);
        let verdict = match self.ground.hashing.verify(password, stored.as_ref()).await {
            Ok(verdict) => verdict,
            Err(error) => return Err(self.ground.throttles.give_up(receipt, error).await),
        };
        if verdict.matches {
            return Ok(receipt);
        }
        let failed = if user.is_some() { "password" } else { "link" };
        let note = note.clone().to(user).outcome(Outcome::Failure).detail(json!({ "failed": failed }));
        self.ground.audit.record_alone(note.event()).await?;
        Err(AuthError::InvalidSecret)
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
