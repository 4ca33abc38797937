//! Asking for the password: a signed-in person once more, and whoever comes by the link of a mail.
//!
//! A link says that somebody reads what is sent to an address, and nothing about who asked for it. So where it joins an
//! address to an account, it is good together with the password of that account alone: an owner who presses a button in a
//! mail must not make somebody else's account out of their own address.

use sea_orm::EntityTrait;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Outcome;
use crate::entity::auth::auth_tokens::TokenPurpose;
use crate::entity::auth::{user_credentials, users};
use crate::ground::Ground;
use crate::password::Stored;
use crate::second_factor::SecondFactors;
use crate::sessions::Note;
use crate::throttle::{Receipt, limits};
use crate::{AuthError, Caller, Client, single_use};

/// Checks the password of the person who asks, under the limits of a sign-in. Answers the account. Where they have a second
/// factor, their session must have been proven by it a moment ago: the password alone is what it is there to distrust.
///
/// # Errors
///
/// [`AuthError::Credentials`] for a wrong one, [`AuthError::StepUpRequired`], [`AuthError::Throttled`], [`AuthError::Overloaded`].
pub(crate) async fn prove_password(
    ground: &Ground,
    caller: &Caller,
    password: &SecretString,
    client: &Client,
    action: &'static str,
) -> Result<users::Model, AuthError> {
    SecondFactors::new(ground.clone()).demand_now(caller).await?;
    let user: Uuid = caller.user()?.0;
    let found =
        users::Entity::find_by_id(user).find_also_related(user_credentials::Entity).one(ground.database.read()).await?;
    let (account, credential) = found.ok_or(AuthError::InvalidToken)?;
    let receipt = ground.throttles.charge(&limits::sign_in(&account.email_norm, client)).await?;
    let stored = credential.as_ref().map(Stored::from);
    let verdict = match ground.hashing.verify(password, stored.as_ref()).await {
        Ok(verdict) => verdict,
        Err(error) => return Err(ground.throttles.give_up(receipt, error).await),
    };
    if !verdict.matches {
        let note = Note::of(caller, action, client).outcome(Outcome::Failure).detail(json!({ "failed": "password" }));
        ground.audit.record_alone(note.event()).await?;
        return Err(AuthError::Credentials);
    }
    ground.throttles.refund(receipt).await?;
    if account.status == users::UserStatus::Active { Ok(account) } else { Err(AuthError::AccountDisabled) }
}

/// Checks the password of the account that a link belongs to. A link that is good for nothing costs the same hash and the
/// same statements, and is answered alike. Answers what the try was charged, under the limits of a sign-in: a second door
/// must not double the guesses.
///
/// # Errors
///
/// [`AuthError::InvalidSecret`] for a link that is unknown, used, too old or void, and for another password; the link stays
/// good then. [`AuthError::Throttled`], [`AuthError::Overloaded`].
pub(super) async fn prove_link(
    ground: &Ground,
    purpose: TokenPurpose,
    token: &SecretString,
    password: &SecretString,
    client: &Client,
    note: &Note,
) -> Result<Receipt, AuthError> {
    // Junk carries no right checksum, and is not worth a question nor a hash.
    let shown = single_use::shape(purpose, token)?;
    let user = match single_use::peek(ground, purpose, token).await {
        Ok(claimed) => claimed.user,
        Err(AuthError::InvalidSecret) => None,
        Err(error) => return Err(error),
    };
    let asked = user.unwrap_or_else(|| atriz_kernel::new_id(&*ground.clock));
    let query = users::Entity::find_by_id(asked).find_also_related(user_credentials::Entity);
    let (account, credential) = query.one(ground.database.read()).await?.unzip();
    let address = account.map_or(shown, |account| account.email_norm);
    let receipt = ground.throttles.charge(&limits::sign_in(&address, client)).await?;
    let stored = credential.flatten().as_ref().map(Stored::from);
    let verdict = match ground.hashing.verify(password, stored.as_ref()).await {
        Ok(verdict) => verdict,
        Err(error) => return Err(ground.throttles.give_up(receipt, error).await),
    };
    if verdict.matches {
        return Ok(receipt);
    }
    let failed = if user.is_some() { "password" } else { "link" };
    let note = note.clone().to(user).outcome(Outcome::Failure).detail(json!({ "failed": failed }));
    ground.audit.record_alone(note.event()).await?;
    Err(AuthError::InvalidSecret)
}
