//! What a verifier remembers: public keys, and tokens it found good.

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use tracing::warn;
use uuid::Uuid;

use crate::jwt::{ACCESS_TTL, Claims, LEEWAY, PublicKey};
use crate::{AuthError, Caller};

/// How long a token may be good for.
const LIFETIME: Duration = Duration::from_secs((ACCESS_TTL + LEEWAY).unsigned_abs());

/// An access token that was found good in itself. Whether it was revoked since is asked each time.
#[derive(Debug)]
pub(super) struct Known {
    /// The key that signed it.
    pub(super) kid: String,
    /// What it says.
    pub(super) claims: Claims,
    /// Whom it speaks for.
    pub(super) caller: Arc<Caller>,
}

/// The tokens that were found good, by their SHA-256, and the last credential of each session and key, where the issuer
/// has to be asked about it.
pub(super) struct Tokens {
    known: Cache<[u8; 32], Arc<Known>>,
    held: Option<Cache<Uuid, Arc<SecretString>>>,
}

impl Tokens {
    /// None yet. With `holding`, credentials are remembered for as long as an access token lives.
    pub(super) fn new(holding: bool) -> Self {
        let known = Cache::builder().max_capacity(50_000).time_to_live(LIFETIME).build();
        let held = || Cache::builder().max_capacity(50_000).time_to_live(LIFETIME).build();
        Self { known, held: holding.then(held) }
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tokens").field("known", &self.known.entry_count()).finish_non_exhaustive()
    }
}

impl Tokens {
    pub(super) fn get(&self, digest: &[u8; 32]) -> Option<Arc<Known>> {
        self.known.get(digest)
    }

    pub(super) fn insert(&self, digest: [u8; 32], known: Arc<Known>) {
        self.known.insert(digest, known);
    }

    /// Remembers what a session or key was shown by, so that the issuer can be asked about it.
    pub(super) fn hold(&self, of: Uuid, credential: &str) {
        let Some(cache) = &self.held else { return };
        let same = |held: Arc<SecretString>| held.expose_secret() == credential;
        if !cache.get(&of).is_some_and(same) {
            cache.insert(of, Arc::new(SecretString::from(credential)));
        }
    }

    pub(super) fn held(&self, of: Uuid) -> Option<SecretString> {
        self.held.as_ref()?.get(&of).map(|held| SecretString::clone(&held))
    }
}

/// The public keys whose tokens are good.
#[derive(Debug)]
pub(super) struct KnownKeys {
    keys: RwLock<HashMap<String, Arc<PublicKey>>>,
    /// When they were last asked for because of a name that was not known. Held while they are.
    asked: Mutex<Option<Asked>>,
    cooldown: Duration,
}

/// When they were last asked for.
#[derive(Clone, Copy, Debug)]
struct Asked {
    at: Instant,
    answered: bool,
}

impl Asked {
    /// A question that nobody answered is soon asked again.
    fn cooldown(self, usual: Duration) -> Duration {
        if self.answered { usual } else { usual.min(AGAIN) }
    }
}

/// How long nothing is asked after there was no answer.
const AGAIN: Duration = Duration::from_secs(1);

impl KnownKeys {
    /// None; names that are not known cause one question in `cooldown`.
    pub(super) fn new(cooldown: Duration) -> Self {
        Self { keys: RwLock::default(), asked: Mutex::default(), cooldown }
    }

    pub(super) fn get(&self, kid: &str) -> Option<Arc<PublicKey>> {
        self.read().get(kid).cloned()
    }

    pub(super) fn has(&self, kid: &str) -> bool {
        self.read().contains_key(kid)
    }

    /// Whether these are their names.
    pub(super) fn are(&self, names: &HashSet<String>) -> bool {
        let keys = self.read();
        keys.len() == names.len() && names.iter().all(|name| keys.contains_key(name))
    }

    /// Drops those of other names.
    pub(super) fn keep(&self, names: &HashSet<String>) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.retain(|name, _| names.contains(name));
    }

    pub(super) fn set(&self, keys: HashMap<String, [u8; 32]>) {
        let keys = keys.into_iter().map(|(name, key)| (name, Arc::new(PublicKey::of(&key)))).collect();
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// Asks for them, unless somebody did a moment ago; those who come meanwhile wait for the answer. Whether there was
    /// one, the last time.
    pub(super) async fn ask_again<F>(&self, ask: impl FnOnce() -> F) -> bool
    where
        F: Future<Output = Result<HashMap<String, [u8; 32]>, AuthError>>,
    {
        let mut asked = self.asked.lock().await;
        if let Some(last) = asked.filter(|last| last.at.elapsed() < last.cooldown(self.cooldown)) {
            return last.answered;
        }
        let answered = match ask().await {
            Ok(keys) => {
                self.set(keys);
                true
            }
            Err(error) => {
                warn!(%error, "the public keys cannot be read");
                false
            }
        };
        *asked = Some(Asked { at: Instant::now(), answered });
        answered
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<String, Arc<PublicKey>>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}
