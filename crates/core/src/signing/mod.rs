//! The keys that sign access tokens, and their life: `next` (published, not signing yet), `active`, `retiring` (its tokens
//! are good until the last has expired), `gone`.

mod cache;
mod jwks;
mod rotate;
mod store;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use atriz_db::Database;
use atriz_kernel::SharedClock;
use chrono::{DateTime, Utc};
use tracing::debug;

pub use jwks::{Jwk, Jwks};
pub use rotate::Rotation;

use crate::AuthError;
use crate::entity::auth::signing_keys::SigningKeyState;
use crate::jwt::{self, Claims, Expected, JwtError, PublicKey, Unverified};
use crate::keyring::Keyring;
use cache::Cache;

/// Where a signing key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, and not signing yet.
    Next,
    /// The one that signs.
    Active,
    /// Signs no more; what it signed is still good.
    Retiring,
    /// What it signed is refused.
    Gone,
}

impl KeyState {
    /// The state in one word.
    pub fn code(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Gone => "gone",
        }
    }
}

impl From<SigningKeyState> for KeyState {
    fn from(state: SigningKeyState) -> Self {
        match state {
            SigningKeyState::Next => Self::Next,
            SigningKeyState::Active => Self::Active,
            SigningKeyState::Retiring => Self::Retiring,
            SigningKeyState::Gone => Self::Gone,
        }
    }
}

/// A signing key, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKeyInfo {
    /// Its name.
    pub kid: String,
    /// Where it is in its life.
    pub state: KeyState,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it may sign.
    pub activate_at: DateTime<Utc>,
    /// Until when its tokens are good, once it retires.
    pub retire_at: Option<DateTime<Utc>>,
}

/// How long a key is published before it signs: longer than anybody keeps the published set (`max-age` of it).
pub(crate) const LEAD: Duration = Duration::from_mins(10);

/// The keys that sign access tokens; a copy costs a counter.
#[derive(Clone, Debug)]
pub struct SigningKeys {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    database: Database,
    clock: SharedClock,
    keyring: Arc<Keyring>,
    issuer: String,
    lead: Duration,
    cache: Cache,
}

impl SigningKeys {
    /// Opens them, and makes the first ones where there are none.
    ///
    /// # Errors
    ///
    /// [`AuthError::Keyring`] when the key that signs was sealed by a master key that is not given any more.
    pub(crate) async fn open(
        database: Database,
        clock: SharedClock,
        keyring: Arc<Keyring>,
        issuer: &str,
        lead: Duration,
    ) -> Result<Self, AuthError> {
        let inner = Inner { database, clock, keyring, issuer: issuer.to_owned(), lead, cache: Cache::default() };
        let keys = Self { inner: Arc::new(inner) };
        keys.ensure().await?;
        keys.current().await?;
        Ok(keys)
    }

    /// Signs claims by the active key.
    ///
    /// # Errors
    ///
    /// [`AuthError::Database`] when the keys cannot be read.
    pub(crate) async fn sign(&self, claims: &Claims) -> Result<String, AuthError> {
        let keys = self.current().await?;
        Ok(jwt::sign(&keys.kid, &keys.pair, claims))
    }

    /// Checks a token by the keys there are; `audience` is the app it has to be for, or any.
    ///
    /// # Errors
    ///
    /// [`AuthError::InvalidToken`], and [`AuthError::Database`] when the keys cannot be read.
    pub(crate) async fn verify(&self, token: &str, audience: Option<&str>) -> Result<Claims, AuthError> {
        let refused = |reason: JwtError| {
            debug!(%reason, "an access token is refused");
            AuthError::InvalidToken
        };
        let unverified = Unverified::parse(token).map_err(refused)?;
        let key = self.public_key(&unverified.kid).await?.ok_or_else(|| refused(JwtError::UnknownKey))?;
        let issuer = self.inner.issuer.as_str();
        let expected = Expected { issuer, audience, now: self.inner.clock.now().timestamp() };
        unverified.verify(&PublicKey::of(&key), &expected).map_err(refused)
    }

    /// The public half of a key whose tokens are good. A name that is not known is looked up anew, though not for
    /// everybody who makes one up.
    pub(crate) async fn public_key(&self, kid: &str) -> Result<Option<[u8; 32]>, AuthError> {
        let known = self.current().await?;
        if let Some(key) = known.good(kid, self.inner.clock.now()) {
            return Ok(Some(key));
        }
        let anew = self.inner.cache.read_anew(|| store::load(self)).await?;
        Ok(anew.good(kid, self.inner.clock.now()))
    }

    /// The public halves of all keys whose tokens are good.
    pub(crate) async fn public_keys(&self) -> Result<HashMap<String, [u8; 32]>, AuthError> {
        Ok(self.good(&*self.current().await?))
    }

    /// The same, as they are in the database now, or were a moment ago.
    pub(crate) async fn public_keys_anew(&self) -> Result<HashMap<String, [u8; 32]>, AuthError> {
        let anew = self.inner.cache.read_anew(|| store::load(self)).await?;
        Ok(self.good(&anew))
    }

    fn good(&self, keys: &cache::Loaded) -> HashMap<String, [u8; 32]> {
        let now = self.inner.clock.now();
        let good = keys.public.keys().filter_map(|kid| Some((kid.clone(), keys.good(kid, now)?)));
        good.collect()
    }

    /// The names of all keys whose tokens are good, sorted.
    pub(crate) async fn names(&self) -> Result<Vec<String>, AuthError> {
        let mut names: Vec<String> = self.public_keys().await?.into_keys().collect();
        names.sort();
        Ok(names)
    }

    /// The set that is published (RFC 7517).
    ///
    /// # Errors
    ///
    /// [`AuthError::Database`] when the keys cannot be read.
    pub async fn publish(&self) -> Result<Jwks, AuthError> {
        let mut keys: Vec<_> = self.public_keys().await?.into_iter().collect();
        keys.sort();
        Ok(Jwks { keys: keys.iter().map(|(kid, key)| Jwk::of(kid, key)).collect() })
    }

    /// All keys there ever were, the newest first.
    ///
    /// # Errors
    ///
    /// [`AuthError::Database`] when the keys cannot be read.
    pub async fn list(&self) -> Result<Vec<SigningKeyInfo>, AuthError> {
        store::list(&self.inner.database).await
    }

    async fn current(&self) -> Result<Arc<cache::Loaded>, AuthError> {
        self.inner.cache.current(|| store::load(self)).await
    }
}
