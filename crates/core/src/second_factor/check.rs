//! Checking a code.

use atriz_db::with_transaction;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use uuid::Uuid;

use super::totp::Seed;
use super::{Method, SecondFactors, recovery};
use crate::audit::Outcome;
use crate::entity::auth::{totp_secrets, users};
use crate::ground::Ground;
use crate::message::Message;
use crate::sessions::Note;
use crate::throttle::{Charge, Kind, Receipt};
use crate::{AuthError, Client};

impl SecondFactors {
    /// Checks a code of an authenticator app, or a recovery code, and uses it up. It runs transactions of its own, so that
    /// a wrong one stays counted whatever becomes of the rest.
    ///
    /// # Errors
    ///
    /// [`AuthError::Credentials`] for a wrong or used code, [`AuthError::Throttled`] after too many in a short time,
    /// [`AuthError::CodesStopped`] for one of an app after too many wrong ones without a right one between.
    pub(crate) async fn check(&self, user: Uuid, code: &SecretString, client: &Client) -> Result<Method, AuthError> {
        let recovery = recovery::read(code.expose_secret());
        let wanted = if recovery.is_some() { vec![step(user)] } else { vec![step(user), all(user)] };
        let receipt = self.ground.throttles.charge(&wanted).await?;
        let looked = with_transaction(&self.ground.database, |transaction| {
            let (ground, shown, by, charged) = (self.ground.clone(), code.clone(), client.clone(), receipt.clone());
            Box::pin(async move { use_up(&ground, transaction, user, &shown, &by, &charged).await })
        })
        .await;
        let method = match looked {
            Ok(method) => method,
            // Whatever was shown was not looked at to the end, and must not count for ever.
            Err(error) => return Err(self.ground.throttles.give_up(receipt, error).await),
        };
        self.ground.messages.wake();
        if let Some(method) = method {
            return Ok(method);
        }
        let note = Note::anonymous("second_factor", client).to(user).outcome(Outcome::Failure);
        if receipt.exhausts(Kind::Codes) {
            if let Err(error) = self.stop(user, note.detail(json!({ "stopped": true }))).await {
                // The next one is the last once more, and tells the person.
                return Err(self.ground.throttles.give_up(receipt, error).await);
            }
        } else {
            self.ground.audit.record_alone(note.event()).await?;
        }
        Err(AuthError::Credentials)
    }

    /// Tells the person that codes of their apps are refused from now on, and that somebody knows the password.
    async fn stop(&self, user: Uuid, note: Note) -> Result<(), AuthError> {
        with_transaction(&self.ground.database, |transaction| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move {
                let account = users::Entity::find_by_id(user).one(transaction).await?.ok_or(AuthError::Credentials)?;
                let notice = Message::CodesStopped { to: account.email, name: account.name };
                ground.messages.enqueue(transaction, Some(user), notice).await?;
                Ok::<_, AuthError>(ground.audit.record(transaction, note.event()).await?)
            })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }
}

/// Codes within a step of the clock. Wrong passwords take no tries from them.
pub(super) fn step(user: Uuid) -> Charge {
    Charge::of(Kind::CodeStep, user.to_string())
}

/// Codes of authenticator apps, however long they take. Recovery codes are none of these: nobody guesses 80 bits, and they
/// are the way out.
pub(super) fn all(user: Uuid) -> Charge {
    Charge::of(Kind::Codes, user.to_string())
}

/// Steps of half a minute, and more than any that was taken by a right clock is ahead: a code is good for its own step and the
/// two beside it.
const FAR: i64 = 10;

async fn use_up(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    code: &SecretString,
    client: &Client,
    receipt: &Receipt,
) -> Result<Option<Method>, AuthError> {
    let method = match recovery::read(code.expose_secret()) {
        Some(code) => recovery::consume(ground, transaction, user, &code).await?.then_some(Method::Recovery),
        None => take_step(ground, transaction, user, code).await?.then_some(Method::Totp),
    };
    let Some(method) = method else { return Ok(None) };
    ground.throttles.refund_within(transaction, receipt).await?;
    if method == Method::Recovery {
        ground.throttles.forgive(transaction, &all(user)).await?;
        tell(ground, transaction, user).await?;
    }
    let note = Note::anonymous("second_factor", client).by(user).detail(json!({ "method": method.amr() }));
    ground.audit.record(transaction, note.event()).await?;
    Ok(Some(method))
}

async fn tell(ground: &Ground, transaction: &DatabaseTransaction, user: Uuid) -> Result<(), AuthError> {
    let left = recovery::left(transaction, user).await?;
    let account = users::Entity::find_by_id(user).one(transaction).await?.ok_or(AuthError::Credentials)?;
    let notice = Message::RecoveryCodeUsed { to: account.email, name: account.name, left };
    Ok(ground.messages.enqueue(transaction, Some(user), notice).await?)
}

/// Takes the step of a code for one of the person's apps. Whether it was a right one, later than the last.
async fn take_step(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    code: &SecretString,
) -> Result<bool, AuthError> {
    let rows = totp_secrets::Entity::find()
        .filter(totp_secrets::Column::UserId.eq(user))
        .filter(totp_secrets::Column::ConfirmedAt.is_not_null())
        .all(transaction)
        .await?;
    for row in rows {
        let Some(step) = step_of(ground, &row, code)? else { continue };
        if swap_step(ground, transaction, row.id, step).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The step whose code this is for an authenticator app.
pub(super) fn step_of(
    ground: &Ground,
    row: &totp_secrets::Model,
    code: &SecretString,
) -> Result<Option<i64>, AuthError> {
    let seed = ground.keyring.open(&row.key_id, row.id.as_bytes(), &row.secret_sealed)?;
    Ok(Seed::new(&seed, "")?.step_of(code.expose_secret(), ground.clock.now()))
}

/// Takes a step, if none as late was taken before. One that is far ahead was taken by a clock that was.
async fn swap_step(ground: &Ground, transaction: &DatabaseTransaction, id: Uuid, step: i64) -> Result<bool, AuthError> {
    let earlier = Condition::any()
        .add(totp_secrets::Column::LastStep.is_null())
        .add(totp_secrets::Column::LastStep.lt(step))
        .add(totp_secrets::Column::LastStep.gt(step + FAR));
    let taken = totp_secrets::Entity::update_many()
        .col_expr(totp_secrets::Column::LastStep, Expr::value(step))
        .col_expr(totp_secrets::Column::UpdatedAt, Expr::value(ground.clock.now()))
        .filter(totp_secrets::Column::Id.eq(id))
        .filter(earlier)
        .exec(transaction)
        .await?;
    Ok(taken.rows_affected == 1)
}
