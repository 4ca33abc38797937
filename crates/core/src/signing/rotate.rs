//! Moves keys through their life. Every change is made by whoever holds the counter of the signing keys.

use atriz_db::with_transaction;
use chrono::{DateTime, TimeDelta, Utc};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DatabaseTransaction, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _,
};
use serde_json::json;
use zeroize::Zeroizing;

use super::jwks::thumbprint;
use super::{SigningKeys, store};
use crate::AuthError;
use crate::audit::{Actor, Audit, AuditEvent, Outcome};
use crate::caller::Client;
use crate::counter::Counter;
use crate::entity::auth::signing_keys::{self, SigningKeyState};
use crate::jwt::{ACCESS_TTL, LEEWAY};

/// How old an active key grows before the next one takes its place.
const LIFETIME: TimeDelta = TimeDelta::days(30);

/// When to rotate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// When the active key is old enough. The background does this.
    Due,
    /// Now, if the next key has been published for long enough.
    Now,
    /// Now, whatever it costs: every other key is gone, and with them all access tokens there are.
    Emergency,
}

impl SigningKeys {
    /// Makes the first keys where there are none, however many processes do so at once.
    pub(super) async fn ensure(&self) -> Result<(), AuthError> {
        let active = signing_keys::Column::State.eq(SigningKeyState::Active);
        let there = signing_keys::Entity::find().filter(active).one(self.inner.database.read()).await?;
        if there.is_none() {
            self.rotate(Rotation::Due).await?;
        }
        Ok(())
    }

    /// Moves the keys through their life; tells whether another key signs now.
    ///
    /// # Errors
    ///
    /// [`AuthError::Conflict`] for [`Rotation::Now`] while the next key has not been published for long enough.
    pub async fn rotate(&self, when: Rotation) -> Result<bool, AuthError> {
        let (keys, clock) = (self.clone(), self.inner.clock.clone());
        let changed = with_transaction(&self.inner.database, move |transaction| {
            let (keys, now) = (keys.clone(), clock.now());
            Box::pin(async move {
                Counter::SigningKeys.draw(transaction).await?;
                let changed = keys.rotate_alone(transaction, when, now).await?;
                if changed {
                    keys.tell(transaction, when).await?;
                }
                Ok::<_, AuthError>(changed)
            })
        });
        let changed = changed.await?;
        self.inner.cache.clear();
        Ok(changed)
    }

    async fn tell(&self, transaction: &DatabaseTransaction, when: Rotation) -> Result<(), AuthError> {
        let event = AuditEvent {
            actor: Actor::System,
            subject: None,
            app: None,
            action: "keys.rotate",
            outcome: Outcome::Success,
            client: &Client::default(),
            session: None,
            detail: json!({ "emergency": when == Rotation::Emergency }),
        };
        Ok(Audit::new(self.inner.database.clone(), self.inner.clock.clone()).record(transaction, event).await?)
    }

    async fn rotate_alone(
        &self,
        transaction: &DatabaseTransaction,
        when: Rotation,
        now: DateTime<Utc>,
    ) -> Result<bool, AuthError> {
        let rows = signing_keys::Entity::find()
            .filter(signing_keys::Column::State.ne(SigningKeyState::Gone))
            .order_by_asc(signing_keys::Column::ActivateAt)
            .all(transaction)
            .await?;
        if when == Rotation::Emergency {
            for row in rows {
                set_state(transaction, row, SigningKeyState::Gone, now).await?;
            }
            self.make(transaction, SigningKeyState::Active, now, now).await?;
            self.make_next(transaction, now).await?;
            return Ok(true);
        }
        let (mut active, mut next) = (None, None);
        for row in rows {
            match row.state {
                SigningKeyState::Active => active = Some(row),
                SigningKeyState::Next if next.is_none() => next = Some(row),
                SigningKeyState::Retiring if row.retire_at.is_some_and(|at| at <= now) => {
                    set_state(transaction, row, SigningKeyState::Gone, now).await?;
                }
                _ => {}
            }
        }
        let Some(active) = active else {
            self.make(transaction, SigningKeyState::Active, now, now).await?;
            if next.is_none() {
                self.make_next(transaction, now).await?;
            }
            return Ok(true);
        };
        let Some(next) = next else {
            self.make_next(transaction, now).await?;
            return not_yet(when, self.ready_at(now)).map(|()| false);
        };
        if when == Rotation::Due && now < active.activate_at + LIFETIME {
            return Ok(false);
        }
        if now < next.activate_at {
            return not_yet(when, next.activate_at).map(|()| false);
        }
        // The order matters: two active keys at once are refused.
        set_state(transaction, active, SigningKeyState::Retiring, now).await?;
        set_state(transaction, next, SigningKeyState::Active, now).await?;
        self.make_next(transaction, now).await?;
        Ok(true)
    }

    fn ready_at(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now + TimeDelta::from_std(self.inner.lead).unwrap_or_default()
    }

    async fn make_next(&self, transaction: &DatabaseTransaction, now: DateTime<Utc>) -> Result<(), AuthError> {
        self.make(transaction, SigningKeyState::Next, now, self.ready_at(now)).await
    }

    async fn make(
        &self,
        transaction: &DatabaseTransaction,
        state: SigningKeyState,
        now: DateTime<Utc>,
        activate_at: DateTime<Utc>,
    ) -> Result<(), AuthError> {
        let broken = |_| AuthError::inside("no signing key can be made");
        let mut seed = Zeroizing::new([0; 32]);
        SystemRandom::new().fill(&mut *seed).map_err(broken)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&*seed);
        let pair = pair.map_err(|_| AuthError::inside("no signing key can be made"))?;
        let public: [u8; 32] = pair.public_key().as_ref().try_into().expect("a public key has 32 bytes");
        let kid = thumbprint(&public);
        let (seal_key_id, sealed) = self.inner.keyring.seal(&store::context(&kid), &*seed);
        let row = signing_keys::ActiveModel {
            kid: Set(kid),
            alg: Set("EdDSA".to_owned()),
            public_key: Set(public.to_vec()),
            private_sealed: Set(Some(sealed)),
            seal_key_id: Set(seal_key_id),
            state: Set(state),
            created_at: Set(now),
            activate_at: Set(activate_at),
            retire_at: Set(None),
            updated_at: Set(now),
        };
        signing_keys::Entity::insert(row).exec_without_returning(transaction).await?;
        Ok(())
    }
}

/// Refuses what somebody asked for in person; the background tries again later.
fn not_yet(when: Rotation, at: DateTime<Utc>) -> Result<(), AuthError> {
    match when {
        Rotation::Now => Err(AuthError::Conflict(format!(
            "the next key is published, and may sign from {} on, when everybody knows it",
            at.format("%Y-%m-%d %H:%M:%S UTC")
        ))),
        _ => Ok(()),
    }
}

/// A key that signs no more loses its private half.
async fn set_state(
    transaction: &DatabaseTransaction,
    row: signing_keys::Model,
    state: SigningKeyState,
    now: DateTime<Utc>,
) -> Result<(), AuthError> {
    let mut row = row.into_active_model();
    match state {
        SigningKeyState::Next => {}
        SigningKeyState::Active => row.activate_at = Set(now),
        SigningKeyState::Retiring => {
            row.private_sealed = Set(None);
            // Another process may go on signing for a second, until it reads the keys again.
            row.retire_at = Set(Some(now + TimeDelta::seconds(ACCESS_TTL + LEEWAY + 60)));
        }
        SigningKeyState::Gone => {
            row.private_sealed = Set(None);
            row.retire_at = Set(Some(now));
        }
    }
    row.state = Set(state);
    row.updated_at = Set(now);
    row.update(transaction).await?;
    Ok(())
}
