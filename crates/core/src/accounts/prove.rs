//! Asking a signed-in person for the password once more.

use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use crate::audit::Outcome;
use crate::entity::auth::{user_credentials, users};
use crate::ground::Ground;
use crate::password::Stored;
use crate::second_factor::SecondFactors;
use crate::sessions::Note;
use crate::throttle::limits;
use crate::{AuthError, Caller, Client};
use sea_orm::EntityTrait;

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
