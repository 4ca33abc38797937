//! Recovery codes: ten of 80 random bits, kept as keyed hashes.

use atriz_kernel::new_id;
use ring::rand::{SecureRandom as _, SystemRandom};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::RecoveryCodes;
use crate::AuthError;
use crate::entity::auth::auth_tokens::{self as tokens, TokenPurpose};
use crate::ground::Ground;

/// How many there are.
const COUNT: usize = 10;
/// Random bytes of each: sixteen letters of five bits.
const BYTES: usize = 10;
/// Letters that nobody mistakes for another one.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// New codes, four letters and a dash four times.
pub(super) fn generate() -> Result<RecoveryCodes, AuthError> {
    let random = SystemRandom::new();
    let codes = (0..COUNT).map(|_| {
        let mut bytes = Zeroizing::new([0; BYTES]);
        random.fill(&mut *bytes).map_err(|_| AuthError::inside("the system has no random numbers"))?;
        Ok(write(&bytes))
    });
    codes.collect::<Result<_, AuthError>>().map(RecoveryCodes)
}

fn write(bytes: &[u8; BYTES]) -> SecretString {
    let number = bytes.iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    let mut text = Zeroizing::new(String::with_capacity(19));
    for index in 0..16_u32 {
        if index > 0 && index % 4 == 0 {
            text.push('-');
        }
        let letter = (number >> (75 - 5 * index)) & 31;
        text.push(char::from(LETTERS[usize::try_from(letter).unwrap_or(0)]));
    }
    SecretString::from(text.as_str())
}

/// A code as it is hashed, however it was typed; nothing for what is none.
pub(super) fn read(text: &str) -> Option<Zeroizing<String>> {
    if text.len() > 64 {
        return None;
    }
    let mut code = Zeroizing::new(String::with_capacity(16));
    for letter in text.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
        let letter = match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        };
        if !letter.is_ascii() || !LETTERS.contains(&(letter as u8)) || code.len() >= 16 {
            return None;
        }
        code.push(letter);
    }
    (code.len() == 16).then_some(code)
}

/// Puts new codes in the place of those that are left.
pub(super) async fn replace(
    ground: &Ground,
    transaction: &impl ConnectionTrait,
    user: Uuid,
    codes: &RecoveryCodes,
) -> Result<(), AuthError> {
    remove(transaction, user).await?;
    let (key_id, now) = (ground.keyring.current_id().to_owned(), ground.clock.now());
    let mut rows = Vec::with_capacity(codes.0.len());
    for code in &codes.0 {
        let mac = read(code.expose_secret()).and_then(|code| mac(ground, &key_id, user, &code));
        let mac = mac.ok_or_else(|| AuthError::inside("the current key is gone"))?;
        rows.push(tokens::ActiveModel {
            id: Set(new_id(&*ground.clock)),
            purpose: Set(TokenPurpose::RecoveryCode),
            user_id: Set(Some(user)),
            // They outlive a new password: that is what they are for.
            cred_gen: Set(Some(0)),
            // The key that the hash is made with.
            target: Set(Some(key_id.clone())),
            token_hash: Set(mac.to_vec()),
            expires_at: Set(None),
            consumed_at: Set(None),
            created_at: Set(now),
        });
    }
    tokens::Entity::insert_many(rows).exec(transaction).await?;
    Ok(())
}

/// Deletes all codes of a person.
pub(super) async fn remove(transaction: &impl ConnectionTrait, user: Uuid) -> Result<(), AuthError> {
    tokens::Entity::delete_many().filter(of(user)).exec(transaction).await?;
    Ok(())
}

/// Uses a code up. Whether it was one.
pub(super) async fn consume(
    ground: &Ground,
    transaction: &impl ConnectionTrait,
    user: Uuid,
    code: &str,
) -> Result<bool, AuthError> {
    let left =
        tokens::Entity::find().filter(of(user)).filter(tokens::Column::ConsumedAt.is_null()).all(transaction).await?;
    let right = left.into_iter().find(|row| {
        let mac = row.target.as_deref().and_then(|key_id| mac(ground, key_id, user, code));
        mac.is_some_and(|mac| mac.ct_eq(&row.token_hash).into())
    });
    let Some(row) = right else { return Ok(false) };
    let consumed = tokens::Entity::update_many()
        .col_expr(tokens::Column::ConsumedAt, Expr::value(ground.clock.now()))
        .filter(tokens::Column::Id.eq(row.id))
        .filter(tokens::Column::ConsumedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(consumed.rows_affected == 1)
}

/// How many codes are left.
pub(super) async fn left(connection: &impl ConnectionTrait, user: Uuid) -> Result<u64, AuthError> {
    let left = tokens::Entity::find().filter(of(user)).filter(tokens::Column::ConsumedAt.is_null());
    Ok(left.count(connection).await?)
}

fn of(user: Uuid) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(tokens::Column::UserId.eq(user))
        .add(tokens::Column::Purpose.eq(TokenPurpose::RecoveryCode))
}

fn mac(ground: &Ground, key_id: &str, user: Uuid, code: &str) -> Option<[u8; 32]> {
    ground.keyring.code_mac(key_id, &[b"recovery", user.as_bytes(), code.as_bytes()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_differ_and_are_read_however_they_are_typed() {
        let codes = generate().unwrap().0;
        let texts: std::collections::HashSet<_> = codes.iter().map(|code| code.expose_secret().to_owned()).collect();
        assert_eq!(texts.len(), COUNT);
        for text in &texts {
            assert_eq!(text.len(), 19);
            assert_eq!(read(text), read(&text.to_uppercase().replace('-', " ")));
            assert_eq!(read(text).unwrap().as_str(), text.replace('-', ""));
        }
        assert_eq!(write(&[0xff; BYTES]).expose_secret(), "zzzz-zzzz-zzzz-zzzz");
        assert_eq!(read("OOOO-iiii-LLLL-0000").unwrap().as_str(), "0000111111110000");
    }

    proptest! {
        #[test]
        fn any_text_is_a_code_or_none(text in "\\PC{0,40}") {
            if let Some(code) = read(&text) {
                prop_assert!(code.len() == 16 && code.is_ascii());
            }
        }
    }
}
