//! Reads the table of signing keys.

use std::time::Instant;

use atriz_db::Database;
use ring::signature::Ed25519KeyPair;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use super::cache::Loaded;
use super::{SigningKeyInfo, SigningKeys};
use crate::AuthError;
use crate::entity::auth::signing_keys::{self, SigningKeyState};
use crate::keyring::{Keyring, KeyringError};

/// What the private half of a key is sealed together with.
pub(super) fn context(kid: &str) -> Vec<u8> {
    [b"signing_keys.private_sealed ", kid.as_bytes()].concat()
}

/// Reads the keys that are not gone, and opens the active one.
pub(super) async fn load(keys: &SigningKeys) -> Result<Loaded, AuthError> {
    let inner = &keys.inner;
    let read_at = Instant::now();
    let rows = signing_keys::Entity::find()
        .filter(signing_keys::Column::State.ne(SigningKeyState::Gone))
        .all(inner.database.read())
        .await?;
    let active = rows.iter().find(|row| row.state == SigningKeyState::Active);
    let active = active.ok_or_else(|| AuthError::inside("there is no active signing key"))?;
    let pair = pair(&inner.keyring, active)?;
    let public = rows.iter().map(|row| {
        let key: [u8; 32] =
            row.public_key.as_slice().try_into().map_err(|_| AuthError::inside("a public key is cut"))?;
        Ok((row.kid.clone(), (key, row.retire_at.filter(|_| row.state == SigningKeyState::Retiring))))
    });
    let public = public.collect::<Result<_, AuthError>>()?;
    Ok(Loaded { kid: active.kid.clone(), pair, public, read_at })
}

/// Opens the private half. It belongs to the public half that stands beside it, or the row was tampered with.
fn pair(keyring: &Keyring, row: &signing_keys::Model) -> Result<Ed25519KeyPair, KeyringError> {
    let sealed = row.private_sealed.as_deref().ok_or(KeyringError::Sealed)?;
    let seed = keyring.open(&row.seal_key_id, &context(&row.kid), sealed)?;
    Ed25519KeyPair::from_seed_and_public_key(&seed, &row.public_key).map_err(|_| KeyringError::Sealed)
}

/// All keys, the newest first.
pub(super) async fn list(database: &Database) -> Result<Vec<SigningKeyInfo>, AuthError> {
    let rows = signing_keys::Entity::find()
        .order_by_desc(signing_keys::Column::CreatedAt)
        .order_by_desc(signing_keys::Column::ActivateAt)
        .order_by_asc(signing_keys::Column::Kid)
        .all(database.read())
        .await?;
    let info = |row: signing_keys::Model| SigningKeyInfo {
        kid: row.kid,
        state: row.state.into(),
        created_at: row.created_at,
        activate_at: row.activate_at,
        retire_at: row.retire_at,
    };
    Ok(rows.into_iter().map(info).collect())
}
