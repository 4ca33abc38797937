//! Where passwords are hashed: so many at once, for each fills a core and 19 MiB.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use argon2::Block;
use rand::RngExt as _;
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::SecretString;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::hash::{Hashed, NO_PEPPER, Parsed, PasswordError, SALT, Stored, Verdict, seal};
use super::normalise::{CURRENT, Normal};
use super::reserve::Reserve;
use super::threads::{Full, Tell, Threads};
use crate::AuthError;
use crate::keyring::Keyring;

/// How long a thread and its memory are kept that have nothing to hash.
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
    threads: Threads,
    queue: Duration,
    random: SystemRandom,
}

impl HashPool {
    /// `permits` at once, where nothing is said one per core, and one less beside others. Who waits longer than about
    /// `queue` is told to come back.
    pub(crate) fn new(keyring: Arc<Keyring>, permits: Option<usize>, queue: Duration) -> Self {
        let cores = available_parallelism().map_or(2, usize::from);
        let reserve = if permits.is_some() { Reserve::nothing() } else { Reserve::one_of(cores) };
        let permits = permits.unwrap_or(cores);
        let threads = Threads::new(permits, permits.saturating_mul(WAITING_PER_PERMIT), KEEP, reserve);
        Self(Arc::new(Inner { keyring, threads, queue, random: SystemRandom::new() }))
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

    /// Somebody is served who needs no hash: for a moment one core stays free of them.
    pub(crate) fn give_way(&self) {
        self.0.threads.give_way();
    }

    /// Whether they are left a core now.
    pub(crate) fn gives_way(&self) -> bool {
        self.0.threads.gives_way()
    }

    /// How many hashes were begun so far.
    pub(crate) fn operations(&self) -> u64 {
        self.0.threads.begun()
    }

    /// How many pieces of memory are kept for the next hashes, at most.
    pub(crate) fn idle_memory(&self) -> usize {
        self.0.threads.idle()
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
        let (tell, mut done) = oneshot::channel();
        let hash = Box::new(move |memory: &mut Vec<Block>| -> Tell {
            let result = work(memory);
            // Whoever asked may be gone.
            Box::new(move || drop(tell.send(result)))
        });
        let ticket = self.0.threads.enter(hash).map_err(|Full| self.overloaded())?;
        let told = match tokio::time::timeout(self.patience(), &mut done).await {
            Ok(told) => told,
            Err(_) if !ticket.is_next() && ticket.withdraw() => return Err(self.overloaded()),
            // Begun, it is done.
            Err(_) => done.await,
        };
        told.map_err(|_| AuthError::inside("a hash did not come to its end"))
    }

    /// How long one waits: about as long as the queue is, and nobody as long as the next. Those who came at once would else
    /// be sent away at once, come back at once, and so on for ever, each time in front of everybody who is signed in.
    fn patience(&self) -> Duration {
        self.0.queue.mul_f64(rand::rng().random_range(0.75..1.25))
    }

    fn overloaded(&self) -> AuthError {
        AuthError::Overloaded { retry_after: self.0.queue.max(Duration::from_secs(1)) }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(permits: usize, queue: Duration) -> HashPool {
        HashPool::new(Arc::new(Keyring::for_tests()), Some(permits), queue)
    }

    fn stored(hashed: &Hashed) -> Stored {
        Stored { phc: hashed.phc.clone(), pepper_id: hashed.pepper_id.clone(), norm_version: hashed.norm_version }
    }

    const PATIENT: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn a_password_is_known_however_it_was_typed() {
        let pool = pool(2, PATIENT);
        let hashed = pool.hash(&SecretString::from("Zoe\u{308} finds nine rivers")).await.unwrap();
        assert_eq!((hashed.pepper_id.as_str(), hashed.norm_version), ("p1", CURRENT));
        let right = pool.verify(&SecretString::from("Zoë ﬁnds nine rivers"), Some(&stored(&hashed))).await.unwrap();
        assert_eq!(right, Verdict { matches: true, upgrade: false });
        let wrong = pool.verify(&SecretString::from("zoë finds nine rivers"), Some(&stored(&hashed))).await.unwrap();
        assert_eq!(wrong, Verdict::WRONG);
    }

    #[tokio::test]
    async fn every_question_costs_one_hash() {
        let pool = pool(2, PATIENT);
        let hashed = pool.hash(&SecretString::from("nine quiet rivers")).await.unwrap();
        let row = stored(&hashed);
        let questions = [
            ("right", "nine quiet rivers".to_owned(), Some(row.clone())),
            ("wrong", "nine quiet river".to_owned(), Some(row.clone())),
            ("empty", String::new(), Some(row.clone())),
            ("endless", "x".repeat(1_000_000), Some(row.clone())),
            ("nobody", "nine quiet rivers".to_owned(), None),
            ("no hash", "x".to_owned(), Some(Stored { phc: "junk".to_owned(), ..row.clone() })),
            ("no pepper", "x".to_owned(), Some(Stored { pepper_id: "p9".to_owned(), ..row.clone() })),
            ("no rule", "x".to_owned(), Some(Stored { norm_version: 9, ..row.clone() })),
        ];
        for (question, password, stored) in questions {
            let before = pool.operations();
            let verdict = pool.verify(&SecretString::from(password), stored.as_ref()).await.unwrap();
            assert_eq!(verdict.matches, question == "right", "{question}");
            assert_eq!(pool.operations() - before, 1, "{question}");
        }
    }

    #[tokio::test]
    async fn old_hashes_are_known_and_told() {
        let pool = pool(1, PATIENT);
        let password = SecretString::from("nine quiet rivers");
        let bare = super::super::hash_password(&password).unwrap();
        let row = Stored { phc: bare, pepper_id: NO_PEPPER.to_owned(), norm_version: CURRENT };
        assert_eq!(pool.verify(&password, Some(&row)).await.unwrap(), Verdict { matches: true, upgrade: true });
        let wrong = pool.verify(&SecretString::from("x"), Some(&row)).await.unwrap();
        assert_eq!(wrong, Verdict::WRONG);
    }

    /// Holds the pool's only permit until it is told to let go.
    fn occupy(pool: &HashPool) -> (tokio::task::JoinHandle<Result<(), AuthError>>, std::sync::mpsc::Sender<()>) {
        let (free, held) = std::sync::mpsc::channel::<()>();
        let busy = pool.clone();
        let task = tokio::spawn(async move {
            busy.run(move |_| {
                let _ = held.recv();
            })
            .await
        });
        (task, free)
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_to_come_back() {
        let pool = pool(1, Duration::from_millis(50));
        let (task, free) = occupy(&pool);
        while pool.operations() == 0 {
            tokio::task::yield_now().await;
        }
        let refused = pool.verify(&SecretString::from("x"), None).await;
        assert!(matches!(refused, Err(AuthError::Overloaded { retry_after }) if retry_after >= Duration::from_secs(1)));
        free.send(()).unwrap();
        task.await.unwrap().unwrap();
        pool.verify(&SecretString::from("x"), None).await.unwrap();
    }

    #[test]
    fn those_who_came_at_once_do_not_leave_at_once() {
        let pool = pool(1, Duration::from_secs(2));
        let waits: std::collections::BTreeSet<_> = (0..100).map(|_| pool.patience()).collect();
        assert!(waits.len() > 90, "{waits:?}");
        assert!(waits.iter().all(|wait| (1_500..2_500).contains(&wait.as_millis())), "{waits:?}");
    }

    #[tokio::test]
    async fn a_hash_keeps_its_permit_when_nobody_waits_for_it_any_more() {
        let pool = pool(1, Duration::from_millis(50));
        let (task, free) = occupy(&pool);
        while pool.operations() == 0 {
            tokio::task::yield_now().await;
        }
        // The client goes away; the thread works on.
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
        assert!(matches!(pool.verify(&SecretString::from("x"), None).await, Err(AuthError::Overloaded { .. })));
        free.send(()).unwrap();
        while pool.idle_memory() == 0 {
            tokio::task::yield_now().await;
        }
        pool.verify(&SecretString::from("x"), None).await.unwrap();
        assert_eq!(pool.idle_memory(), 1, "memory for one at a time");
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let pool = pool(1, PATIENT);
        let (task, free) = occupy(&pool);
        while pool.operations() == 0 {
            tokio::task::yield_now().await;
        }
        let crowd: Vec<_> = (0..WAITING_PER_PERMIT)
            .map(|_| {
                let pool = pool.clone();
                tokio::spawn(async move { pool.run(|_| ()).await })
            })
            .collect();
        while pool.0.threads.waiting() < WAITING_PER_PERMIT {
            tokio::task::yield_now().await;
        }
        assert!(matches!(pool.verify(&SecretString::from("x"), None).await, Err(AuthError::Overloaded { .. })));
        free.send(()).unwrap();
        task.await.unwrap().unwrap();
        for one in crowd {
            one.await.unwrap().unwrap();
        }
    }
}
