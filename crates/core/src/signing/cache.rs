//! The keys as they were last read: read again every second, since another process may have rotated them.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use ring::signature::Ed25519KeyPair;
use tokio::sync::Mutex;

use crate::AuthError;

/// How long what was read is taken as it is.
const YOUNG: Duration = Duration::from_secs(1);

/// How often it is read at most for the sake of names that are not known.
const COOLDOWN: Duration = Duration::from_millis(50);

/// The keys as they were read.
pub(super) struct Loaded {
    /// The name of the active one.
    pub(super) kid: String,
    /// The active one.
    pub(super) pair: Ed25519KeyPair,
    /// The public halves of those that are not gone, and until when they are good.
    pub(super) public: HashMap<String, ([u8; 32], Option<DateTime<Utc>>)>,
    /// When they were read.
    pub(super) read_at: Instant,
}

impl Loaded {
    /// A public half whose tokens are good now.
    pub(super) fn good(&self, kid: &str, now: DateTime<Utc>) -> Option<[u8; 32]> {
        let (key, until) = self.public.get(kid)?;
        until.is_none_or(|until| now < until).then_some(*key)
    }
}

impl fmt::Debug for Loaded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Loaded").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// The keys as they were last read.
#[derive(Debug, Default)]
pub(super) struct Cache {
    loaded: RwLock<Option<Arc<Loaded>>>,
    /// Held while they are read, so that one reads for all.
    reading: Mutex<()>,
}

impl Cache {
    /// The keys, read again if that was too long ago.
    pub(super) async fn current<F>(&self, read: impl FnOnce() -> F) -> Result<Arc<Loaded>, AuthError>
    where
        F: Future<Output = Result<Loaded, AuthError>>,
    {
        self.younger_than(YOUNG, read).await
    }

    /// The keys, read again unless that was a moment ago.
    pub(super) async fn read_anew<F>(&self, read: impl FnOnce() -> F) -> Result<Arc<Loaded>, AuthError>
    where
        F: Future<Output = Result<Loaded, AuthError>>,
    {
        self.younger_than(COOLDOWN, read).await
    }

    /// Forgets what was read.
    pub(super) fn clear(&self) {
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn younger_than<F>(&self, age: Duration, read: impl FnOnce() -> F) -> Result<Arc<Loaded>, AuthError>
    where
        F: Future<Output = Result<Loaded, AuthError>>,
    {
        if let Some(loaded) = self.get(age) {
            return Ok(loaded);
        }
        let _one = self.reading.lock().await;
        if let Some(loaded) = self.get(age) {
            return Ok(loaded);
        }
        let loaded = Arc::new(read().await?);
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&loaded));
        Ok(loaded)
    }

    fn get(&self, age: Duration) -> Option<Arc<Loaded>> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        loaded.as_ref().filter(|loaded| loaded.read_at.elapsed() < age).cloned()
    }
}
