//! Proving a telephone number.

use std::time::Duration;

use atriz_db::{Failure, FailureKind, with_transaction};
use atriz_kernel::new_id;
use ring::rand::{SecureRandom as _, SystemRandom};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait as _, QueryFilter,
    Value,
};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{Accounts, rows};
use crate::audit::Outcome;
use crate::entity::auth::phone_verifications::{self as codes, PhonePurpose};
use crate::ground::Ground;
use crate::message::Message;
use crate::sessions::Note;
use crate::throttle::{Charge, Kind};
use crate::values::Phone;
use crate::{AuthError, Caller, Client, sql};

/// How long a code works.
const LASTS: Duration = Duration::from_mins(5);
/// How many guesses a code takes.
const GUESSES: i32 = 5;

impl Accounts {
    /// Sends a code to a number, which becomes the account's when the code is given. Only the newest code counts.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unsupported`] where no text messages can be sent, [`AuthError::Unacceptable`] for what is no number
    /// or of a country that none are sent to, [`AuthError::Throttled`].
    pub async fn set_phone(&self, caller: &Caller, phone: &str, client: &Client) -> Result<(), AuthError> {
        let (user, phone) = (caller.user()?.0, Phone::parse(phone)?);
        caller.session()?;
        if !self.ground.messages.can_text() {
            return Err(AuthError::Unsupported("text messages"));
        }
        if !phone.is_of_country(&self.ground.settings.sms_countries) {
            return Err(AuthError::unacceptable("phone", "no codes are sent to numbers of this country"));
        }
        let _charged = self.ground.throttles.charge(&charges(user, &phone)).await?;
        let code = code()?;
        let note = Note::of(caller, "phone_code", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, phone, code, note) = (self.ground.clone(), phone.clone(), code.clone(), note.clone());
            Box::pin(async move { send(&ground, transaction, user, &phone, code, &note).await })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }

    /// Proves the number by the code that was sent there.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidSecret`] for a wrong code, or one that is too old, used, or was guessed at too often;
    /// [`AuthError::Conflict`] for a number that another account has proven.
    pub async fn verify_phone(&self, caller: &Caller, code: &SecretString, client: &Client) -> Result<(), AuthError> {
        let user = caller.user()?.0;
        caller.session()?;
        let Some(row) = self.guess(user).await? else { return Err(AuthError::InvalidSecret) };
        if !self.is_right(&row, code) {
            let note = Note::of(caller, "phone_verify", client).outcome(Outcome::Failure);
            self.ground.audit.record_alone(note.event()).await?;
            return Err(AuthError::InvalidSecret);
        }
        let note = Note::of(caller, "phone_verify", client);
        let done = with_transaction(&self.ground.database, |transaction| {
            let (ground, row, note) = (self.ground.clone(), row.clone(), note.clone());
            Box::pin(async move { prove(&ground, transaction, &row, &note).await })
        })
        .await;
        self.ground.messages.wake();
        match done {
            Err(AuthError::Database(error)) if Failure::of(&error).kind == FailureKind::Unique => {
                Err(AuthError::Conflict("another account has this number".to_owned()))
            }
            other => other,
        }
    }

    /// Takes the number off the account.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for a service account or an API key.
    pub async fn remove_phone(&self, caller: &Caller, client: &Client) -> Result<(), AuthError> {
        let user = caller.user()?.0;
        caller.session()?;
        let note = Note::of(caller, "phone_remove", client);
        with_transaction(&self.ground.database, |transaction| {
            let (ground, note) = (self.ground.clone(), note.clone());
            Box::pin(async move {
                // Of a number that is not there nobody has to hear that it is gone.
                match rows::load(transaction, user).await?.phone_e164 {
                    Some(_) => write_phone(&ground, transaction, user, None, &note).await,
                    None => Ok(()),
                }
            })
        })
        .await?;
        self.ground.messages.wake();
        Ok(())
    }

    /// Counts a guess at the code that is open, before it is looked at: of any number of guesses at once, no more than
    /// the code takes are looked at.
    async fn guess(&self, user: Uuid) -> Result<Option<codes::Model>, AuthError> {
        let counted = codes::Entity::update_many()
            .col_expr(codes::Column::Attempts, Expr::col(codes::Column::Attempts).add(1))
            .filter(codes::Column::UserId.eq(user))
            .filter(codes::Column::Purpose.eq(PhonePurpose::VerifyPhone))
            .filter(codes::Column::ConsumedAt.is_null())
            .filter(codes::Column::SupersededAt.is_null())
            .filter(codes::Column::ExpiresAt.gt(self.ground.clock.now()))
            .filter(codes::Column::Attempts.lt(GUESSES))
            .exec_with_returning(self.ground.database.write())
            .await?;
        Ok(counted.into_iter().next())
    }

    fn is_right(&self, row: &codes::Model, code: &SecretString) -> bool {
        let mac = mac(&self.ground, &row.key_id, row.id, &row.phone_e164, code);
        mac.is_some_and(|mac| mac.ct_eq(&row.code_mac).into())
    }
}

fn charges(user: Uuid, phone: &Phone) -> Vec<Charge> {
    vec![
        Charge::of(Kind::PhoneResend, user.to_string()),
        Charge::of(Kind::PhoneDay, phone.e164()),
        Charge::of(Kind::PhonePersonDay, user.to_string()),
        Charge::of(Kind::SmsDay, "all"),
    ]
}

/// Six digits, each as likely as the others.
fn code() -> Result<SecretString, AuthError> {
    const CODES: u32 = 1_000_000;
    // What lies above the last whole million would make small codes likelier.
    const FAIR: u32 = u32::MAX - u32::MAX % CODES;
    let random = SystemRandom::new();
    loop {
        let mut bytes = [0; 4];
        random.fill(&mut bytes).map_err(|_| AuthError::inside("the system has no random numbers"))?;
        let number = u32::from_be_bytes(bytes);
        if number < FAIR {
            return Ok(SecretString::from(format!("{:06}", number % CODES)));
        }
    }
}

/// A code is too short to be hashed alone: whoever has the table and not the key learns nothing.
fn mac(ground: &Ground, key_id: &str, row: Uuid, phone: &str, code: &SecretString) -> Option<[u8; 32]> {
    let code = code.expose_secret().as_bytes();
    ground.keyring.code_mac(key_id, &[b"phone", row.as_bytes(), phone.as_bytes(), code])
}

async fn send(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    phone: &Phone,
    code: SecretString,
    note: &Note,
) -> Result<(), AuthError> {
    let (id, now) = (new_id(&*ground.clock), ground.clock.now());
    // The person first: two requests at once would both find no older code, and stop at the unique index.
    sql::execute(transaction, "UPDATE users SET updated_at = $2 WHERE id = $1", [user.into(), now.into()]).await?;
    codes::Entity::update_many()
        .col_expr(codes::Column::SupersededAt, Expr::value(now))
        .filter(codes::Column::UserId.eq(user))
        .filter(codes::Column::Purpose.eq(PhonePurpose::VerifyPhone))
        .filter(codes::Column::ConsumedAt.is_null())
        .filter(codes::Column::SupersededAt.is_null())
        .exec(transaction)
        .await?;
    let key_id = ground.keyring.current_id().to_owned();
    let mac =
        mac(ground, &key_id, id, phone.e164(), &code).ok_or_else(|| AuthError::inside("the current key is gone"))?;
    let row = codes::ActiveModel {
        id: Set(id),
        user_id: Set(user),
        purpose: Set(PhonePurpose::VerifyPhone),
        phone_e164: Set(phone.e164().to_owned()),
        code_mac: Set(mac.to_vec()),
        key_id: Set(key_id),
        attempts: Set(0),
        expires_at: Set(now + LASTS),
        consumed_at: Set(None),
        superseded_at: Set(None),
        created_at: Set(now),
    };
    row.insert(transaction).await?;
    let message = Message::PhoneCode { to: phone.e164().to_owned(), code: code.into() };
    ground.messages.enqueue(transaction, Some(user), message).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}

async fn prove(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    row: &codes::Model,
    note: &Note,
) -> Result<(), AuthError> {
    let used = codes::Entity::update_many()
        .col_expr(codes::Column::ConsumedAt, Expr::value(ground.clock.now()))
        .filter(codes::Column::Id.eq(row.id))
        .filter(codes::Column::ConsumedAt.is_null())
        .filter(codes::Column::SupersededAt.is_null())
        .exec(transaction)
        .await?;
    if used.rows_affected == 0 {
        return Err(AuthError::InvalidSecret);
    }
    write_phone(ground, transaction, row.user_id, Some(row.phone_e164.clone()), note).await
}

async fn write_phone(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    phone: Option<String>,
    note: &Note,
) -> Result<(), AuthError> {
    const WRITE: &str = "UPDATE users SET phone_e164 = $2, phone_verified_at = $3, updated_at = $4 WHERE id = $1";
    let now = ground.clock.now();
    let values: [Value; 4] = [user.into(), phone.clone().into(), phone.map(|_| now).into(), now.into()];
    sql::execute(transaction, WRITE, values).await?;
    rows::touch(ground, transaction, user).await?;
    let account = rows::load(transaction, user).await?;
    let notice = Message::PhoneChanged { to: account.email, name: account.name };
    ground.messages.enqueue(transaction, Some(user), notice).await?;
    ground.audit.record(transaction, note.event()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_six_digits() {
        for _ in 0..1_000 {
            let code = code().unwrap();
            assert!(code.expose_secret().len() == 6 && code.expose_secret().bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
