//! Where passwords are hashed: so many at once, for each fills a core and 19 MiB.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use argon2::Block;
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::SecretString;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use super::hash::{Hashed, NO_PEPPER, Parsed, PasswordError, SALT, Stored, Verdict, seal};
use super::memory::Memory;
use super::normalise::{CURRENT, Normal};
use crate::AuthError;
use crate::keyring::Keyring;

/// How long memory is kept that no hash fills.
const KEEP: Duration = Duration::from_secs(30);
/// How many may wait for each permit; more than that would not be served within any patience.
const WAITING_PER_PERMIT: usize = 256;
/// The salt of the hash that is computed where there is none to compare with.
const DUMMY_SALT: [u8; SALT] = *b"no such password";

/// Hashes passwords, some at once; the others wait for a while and are then sent away.
#[derive(Clone, Debug)]
pub(crate) struct HashPool(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    keyring: Arc<Keyring>,
    permits: Arc<Semaphore>,
    most_waiting: usize,
    waiting: AtomicUsize,
    queue: Duration,
    memory: Arc<Memory>,
    random: SystemRandom,
    operations: AtomicU64,
}

impl HashPool {
    /// `permits` at once; who waits longer than `queue` is told to come back.
    pub(crate) fn new(keyring: Arc<Keyring>, permits: usize, queue: Duration) -> Self {
        let permits = permits.max(1);
        Self(Arc::new(Inner {
            keyring,
            permits: Arc::new(Semaphore::new(permits)),
            most_waiting: permits.saturating_mul(WAITING_PER_PERMIT),
            waiting: AtomicUsize::new(0),
            queue,
            memory: Arc::new(Memory::new(KEEP)),
            random: SystemRandom::new(),
            operations: AtomicU64::new(0),
        }))
    }

    /// Hashes a new password with the parameters and the pepper of today.
    ///
    /// # Errors
    ///
    /// [`AuthError::Unacceptable`] for one that is too long, which the policy has refused before; otherwise as
    /// [`HashPool::verify`].
    pub(crate) async fn hash(&self, password: &SecretString) -> Result<Hashed, AuthError> {
        let Some(password) = Normal::of(password, CURRENT) else {
            return Err(AuthError::unacceptable("password", "it is too long"));
        };
        let mut salt = [0; SALT];
        self.0.random.fill(&mut salt).map_err(|_| AuthError::inside("the system has no random numbers"))?;
        let (pepper_id, _) = self.0.keyring.current_pepper();
        let pepper_id = pepper_id.to_owned();
        let (keyring, password) = (Arc::clone(&self.0.keyring), password.bytes());
        let phc = self.run(move |memory| seal(&password, salt, Some(keyring.current_pepper().1), memory)).await?;
        let phc = phc.map_err(|error| AuthError::inside(error.to_string()))?;
        Ok(Hashed { phc, pepper_id, norm_version: CURRENT })
    }

    /// Compares a password with the hash that is stored for it. Where none is stored, or the password cannot be the one,
    /// a hash is computed all the same: every question costs one.
    ///
    /// # Errors
    ///
    /// [`AuthError::Overloaded`] when it would have to wait for too long.
    pub(crate) async fn verify(&self, password: &SecretString, stored: Option<&Stored>) -> Result<Verdict, AuthError> {
        let question = stored.and_then(|stored| self.question(password, stored));
        let Some(question) = question else {
            // Its own text, so that a password too long to be hashed costs as much as one that is not.
            return self.run(|memory| seal(b"", DUMMY_SALT, None, memory)).await.map(|_| Verdict::WRONG);
        };
        let keyring = Arc::clone(&self.0.keyring);
        self.run(move |memory| question.answer(&keyring, memory)).await
    }

    /// How many hashes were computed so far.
    pub(crate) fn operations(&self) -> u64 {
        self.0.operations.load(Ordering::Relaxed)
    }

    /// How many pieces of memory are kept for the next hashes.
    pub(crate) fn idle_memory(&self) -> usize {
        self.0.memory.idle()
    }

    /// What there is to compare; nothing where the answer is no already.
    fn question(&self, password: &SecretString, stored: &Stored) -> Option<Question> {
        let parsed = Parsed::read(&stored.phc).inspect_err(report).ok()?;
        if stored.pepper_id != NO_PEPPER && self.0.keyring.pepper(&stored.pepper_id).is_none() {
            tracing::error!(pepper_id = stored.pepper_id, "a password needs a pepper that is not in the keys given");
            return None;
        }
        let password = Normal::of(password, stored.norm_version)?.bytes();
        let old = !parsed.is_current()
            || stored.pepper_id != self.0.keyring.current_pepper().0
            || stored.norm_version != CURRENT;
        Some(Question { parsed, password, pepper_id: stored.pepper_id.clone(), old })
    }

    /// Runs `work` on a thread that may take its time, with memory of its own, as soon as its turn comes.
    async fn run<T, F>(&self, work: F) -> Result<T, AuthError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    {
        let permit = self.permit().await?;
        self.0.operations.fetch_add(1, Ordering::Relaxed);
        let memory = Arc::clone(&self.0.memory);
        let done = tokio::task::spawn_blocking(move || {
            let mut blocks = memory.take();
            let done = work(&mut blocks);
            memory.put_back(blocks);
            // The thread owns the permit: a client that goes away does not stop the hash, and must not make room for
            // another one.
            drop(permit);
            done
        });
        done.await.map_err(|_| AuthError::inside("a hash did not come to its end"))
    }

    async fn permit(&self) -> Result<OwnedSemaphorePermit, AuthError> {
        let overloaded = || AuthError::Overloaded { retry_after: self.0.queue.max(Duration::from_secs(1)) };
        let waiting = Waiting::enter(&self.0.waiting);
        if waiting.before >= self.0.most_waiting {
            return Err(overloaded());
        }
        let permit = tokio::time::timeout(self.0.queue, Arc::clone(&self.0.permits).acquire_owned()).await;
        permit.map_err(|_| overloaded())?.map_err(|_| AuthError::inside("the pool of hashes is closed"))
    }
}

/// A place in the queue, given up however the wait ends.
struct Waiting<'a> {
    count: &'a AtomicUsize,
    before: usize,
}

impl<'a> Waiting<'a> {
    fn enter(count: &'a AtomicUsize) -> Self {
        Self { count, before: count.fetch_add(1, Ordering::AcqRel) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::AcqRel);
    }
}

/// A password, and the hash it is compared with.
struct Question {
    parsed: Parsed,
    password: Zeroizing<Vec<u8>>,
    pepper_id: String,
    old: bool,
}

impl Question {
    fn answer(&self, keyring: &Keyring, memory: &mut Vec<Block>) -> Verdict {
        let pepper = if self.pepper_id == NO_PEPPER { None } else { keyring.pepper(&self.pepper_id) };
        let matches = self.parsed.matches(&self.password, pepper, memory);
        Verdict { matches, upgrade: matches && self.old }
    }
}

fn report(error: &PasswordError) {
    tracing::error!(%error, "a password cannot be compared");
}
