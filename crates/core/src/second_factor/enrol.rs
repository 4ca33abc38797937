//! Adding an authenticator app.

use atriz_db::with_transaction;
use atriz_kernel::new_id;
use ring::rand::{SecureRandom as _, SystemRandom};
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
};
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::check::{all, step, step_of};
use super::totp::{SEED, Seed};
use super::{Enrolment, Method, RecoveryCodes, STRONG, SecondFactors, recovery};
use crate::accounts::next_generation;
use crate::entity::auth::{sessions, totp_secrets, users};
use crate::ground::Ground;
use crate::message::Message;
use crate::sessions::{Note, SessionCookie, Sessions, Spared, revoke_all_of};
use crate::{AuthError, Caller, Client};

/// How many apps a person may have.
const MOST: usize = 10;

impl SecondFactors {
    /// Begins to add an authenticator app. It protects nothing before its first code was right; an older one that never
    /// gave a code makes room.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for a label that is none, [`AuthError::Conflict`] when there are too many.
    pub async fn enrol(&self, caller: &Caller, label: &str, client: &Client) -> Result<Enrolment, AuthError> {
        let (user, session) = (caller.user()?.0, caller.session()?);
        let label = label.trim().to_owned();
        if !(1..=100).contains(&label.chars().count()) || label.chars().any(char::is_control) {
            return Err(AuthError::unacceptable("label", "it takes 1 to 100 characters on one line"));
        }
        if self.list(caller).await?.iter().filter(|factor| factor.confirmed_at.is_some()).count() >= MOST {
            return Err(AuthError::Conflict(format!("there are {MOST} authenticator apps already")));
        }
        let account = users::Entity::find_by_id(user).one(self.ground.database.read()).await?;
        let account = account.ok_or(AuthError::InvalidToken)?;
        let mut bytes = Zeroizing::new(vec![0; SEED]);
        SystemRandom::new().fill(&mut bytes).map_err(|_| AuthError::inside("the system has no random numbers"))?;
        let (id, seed) = (new_id(&*self.ground.clock), Seed::new(&bytes, &account.email)?);
        let sealed = self.ground.keyring.seal(id.as_bytes(), &bytes);
        let note = Note::of(caller, "totp_enrol", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, label, sealed, note) = (self.ground.clone(), label.clone(), sealed.clone(), note.clone());
            Box::pin(async move { insert(&ground, transaction, (user, session, id), label, sealed, &note).await })
        })
        .await?;
        Ok(Enrolment { id, secret: seed.base32(), otpauth_url: seed.url()? })
    }

    /// Confirms an authenticator app by its first code. From now on signing in takes a code; all other sessions end, for
    /// none of them was begun with one, those that were derived from this one among them, and this one gets another cookie, if
    /// it has one. The answer is ten new recovery codes; those of before are void.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidSecret`] for a wrong code, [`AuthError::NotFound`], [`AuthError::Throttled`].
    pub async fn confirm(
        &self,
        caller: &Caller,
        id: Uuid,
        code: &SecretString,
        client: &Client,
    ) -> Result<(RecoveryCodes, Option<SessionCookie>), AuthError> {
        let (user, session) = (caller.user()?.0, caller.session()?);
        let receipt = self.ground.throttles.charge(&[step(user)]).await?;
        let codes = recovery::generate()?;
        let note = Note::of(caller, "totp_confirm", client);
        let cookie = with_transaction(&self.ground.database, |transaction| {
            let (ground, code, codes, note) = (self.ground.clone(), code.clone(), codes.clone(), note.clone());
            Box::pin(async move { confirm(&ground, transaction, (user, session, id), &code, &codes, &note).await })
        })
        .await?;
        self.ground.throttles.refund(receipt).await?;
        self.ground.revocations.applied();
        self.ground.messages.wake();
        Ok((codes, cookie))
    }

    /// Ten new recovery codes; those of before are void, and the person hears of it.
    ///
    /// # Errors
    ///
    /// [`AuthError::Conflict`] for a person without a second factor.
    pub async fn regenerate_recovery(&self, caller: &Caller, client: &Client) -> Result<RecoveryCodes, AuthError> {
        let user = caller.user()?.0;
        caller.session()?;
        if !self.required(user).await? {
            return Err(AuthError::Conflict("there is no second factor to recover".to_owned()));
        }
        let codes = recovery::generate()?;
        let note = Note::of(caller, "recovery_codes_new", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, codes, note) = (self.ground.clone(), codes.clone(), note.clone());
            Box::pin(async move {
                // The person first, as above: of two at once the second one's codes are those that are good.
                let person = users::Entity::find_by_id(user).lock(LockType::NoKeyUpdate).one(transaction).await?;
                let person = person.ok_or(AuthError::InvalidToken)?;
                recovery::replace(&ground, transaction, user, &codes).await?;
                let notice = Message::RecoveryCodesNew { to: person.email, name: person.name };
                ground.messages.enqueue(transaction, Some(user), notice).await?;
                ground.audit.record(transaction, note.event()).await?;
                Ok::<_, AuthError>(())
            })
        })
        .await?;
        self.ground.messages.wake();
        Ok(codes)
    }
}

async fn insert(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    (user, session, id): (Uuid, Uuid, Uuid),
    label: String,
    (key_id, sealed): (String, Vec<u8>),
    note: &Note,
) -> Result<(), AuthError> {
    // The person first: of any number at once each takes the place of the one before.
    let person = users::Entity::find_by_id(user).lock(LockType::NoKeyUpdate).one(transaction).await?;
    person.filter(|person| person.status == users::UserStatus::Active).ok_or(AuthError::InvalidToken)?;
    let session = sessions::Entity::find_by_id(session).filter(sessions::Column::RevokedAt.is_null());
    session.one(transaction).await?.ok_or(AuthError::InvalidToken)?;
    totp_secrets::Entity::delete_many()
        .filter(totp_secrets::Column::UserId.eq(user))
        .filter(totp_secrets::Column::ConfirmedAt.is_null())
        .exec(transaction)
        .await?;
    let now = ground.clock.now();
    let row = totp_secrets::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        label: Set(label),
        secret_sealed: Set(sealed),
        key_id: Set(key_id),
        confirmed_at: Set(None),
        last_step: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    row.insert(transaction).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}

async fn confirm(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    (user, session, id): (Uuid, Uuid, Uuid),
    code: &SecretString,
    codes: &RecoveryCodes,
    note: &Note,
) -> Result<Option<SessionCookie>, AuthError> {
    // The person first, as whoever begins a session does: one that was let in by a password alone comes before this and
    // ends with the others, or fails.
    let person = users::Entity::find_by_id(user).lock(LockType::NoKeyUpdate).one(transaction).await?;
    let cred_gen = person.ok_or(AuthError::InvalidToken)?.cred_gen;
    let account = next_generation(ground, transaction, user, cred_gen).await.map_err(|error| match error {
        AuthError::InvalidSecret => AuthError::InvalidToken,
        other => other,
    })?;
    let found = totp_secrets::Entity::find_by_id(id)
        .filter(totp_secrets::Column::UserId.eq(user))
        .filter(totp_secrets::Column::ConfirmedAt.is_null())
        .one(transaction)
        .await?;
    let row = found.ok_or(AuthError::NotFound)?;
    let step = step_of(ground, &row, code)?.ok_or(AuthError::InvalidSecret)?;
    let now = ground.clock.now();
    let confirmed = totp_secrets::Entity::update_many()
        .col_expr(totp_secrets::Column::ConfirmedAt, Expr::value(now))
        .col_expr(totp_secrets::Column::LastStep, Expr::value(step))
        .col_expr(totp_secrets::Column::UpdatedAt, Expr::value(now))
        .filter(totp_secrets::Column::Id.eq(id))
        .filter(totp_secrets::Column::ConfirmedAt.is_null())
        .exec(transaction)
        .await?;
    if confirmed.rows_affected == 0 {
        return Err(AuthError::NotFound);
    }
    recovery::replace(ground, transaction, user, codes).await?;
    ground.throttles.forgive(transaction, &all(user)).await?;
    raise(ground, transaction, session).await?;
    revoke_all_of(ground, transaction, user, Spared::Alone(session), "second_factor_added").await?;
    let notice = Message::SecondFactorAdded { to: account.email, name: account.name };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    let cookie = Sessions::new(ground.clone()).renew_cookie(transaction, session).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(cookie)
}

/// The session that gave the code has proven two factors by it.
async fn raise(ground: &Ground, transaction: &DatabaseTransaction, session: Uuid) -> Result<(), AuthError> {
    let raised = sessions::Entity::update_many()
        .col_expr(sessions::Column::Acr, Expr::value(STRONG))
        .col_expr(sessions::Column::Amr, Expr::value(json!(["pwd", Method::Totp.amr()])))
        .filter(sessions::Column::Id.eq(session))
        .filter(sessions::Column::RevokedAt.is_null())
        .filter(sessions::Column::AbsoluteExpiresAt.gt(ground.clock.now()))
        .exec(transaction)
        .await?;
    if raised.rows_affected == 1 { Ok(()) } else { Err(AuthError::InvalidToken) }
}
