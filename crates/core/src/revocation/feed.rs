//! The verifier's copy of the feed: read again and again, and known to be old when it cannot be.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use atriz_kernel::SharedClock;
use tokio::sync::{Mutex, MutexGuard};
use tracing::warn;
use uuid::Uuid;

use super::set::RevokedSet;
use super::source::RevocationSource;
use super::write::Signal;
use crate::AuthError;

/// How often the feed is read.
pub(crate) const POLL: Duration = Duration::from_millis(500);

/// What is no older is as good as read now.
const MOMENT: Duration = Duration::from_millis(100);

/// Behind an older copy nothing is written.
const OLDEST: Duration = Duration::from_secs(10);

/// The verifier's copy of the feed.
#[derive(Debug)]
pub(crate) struct Feed {
    source: Arc<dyn RevocationSource>,
    clock: SharedClock,
    /// What wakes it, where the issuer is in the same process.
    signal: Option<Arc<Signal>>,
    state: RwLock<State>,
    /// The place behind which it reads next. Held while it reads, so that one reads for all.
    cursor: Mutex<i64>,
    /// The count of the signal that was read last.
    seen: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    set: RevokedSet,
    keys: HashSet<String>,
    read_at: Option<Instant>,
}

impl Feed {
    /// Empty, and too old, until it is read.
    pub(crate) fn new(source: Arc<dyn RevocationSource>, clock: SharedClock, signal: Option<Arc<Signal>>) -> Self {
        Self { source, clock, signal, state: RwLock::default(), cursor: Mutex::new(0), seen: AtomicU64::new(0) }
    }

    /// Reads what is new.
    ///
    /// # Errors
    ///
    /// Those of the source; what was known stays known.
    pub(crate) async fn read(&self) -> Result<(), AuthError> {
        self.read_on(self.cursor.lock().await).await
    }

    /// Reads what is new, unless what is known is of this moment: any number who ask at once cause one reading.
    ///
    /// # Errors
    ///
    /// As [`Feed::read`].
    pub(crate) async fn read_now(&self) -> Result<(), AuthError> {
        let cursor = self.cursor.lock().await;
        if self.age().is_some_and(|age| age <= MOMENT) { Ok(()) } else { self.read_on(cursor).await }
    }

    async fn read_on(&self, mut cursor: MutexGuard<'_, i64>) -> Result<(), AuthError> {
        let written = self.signal.as_ref().map_or(0, |signal| signal.written());
        loop {
            // The moment before the question: the answer may be no younger.
            let asked = Instant::now();
            let page = self.source.after(*cursor).await?;
            let anew = page.head < *cursor;
            let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
            if anew {
                state.set = RevokedSet::default();
                *cursor = 0;
            }
            for one in &page.revocations {
                state.set.add(one);
                *cursor = one.seq.max(*cursor);
            }
            state.keys = page.keys.into_iter().collect();
            if !page.more {
                state.set.forget(self.clock.now());
                state.read_at = Some(asked);
                self.seen.store(written, Ordering::Release);
                return Ok(());
            }
        }
    }

    /// Reads at once if this process committed a revocation that was not read yet, so that who revokes in one request is
    /// refused in the next. If that fails, what is known has to do.
    pub(crate) async fn catch_up(&self) {
        let behind = || {
            let written = self.signal.as_ref().map_or(0, |signal| signal.written());
            written != self.seen.load(Ordering::Acquire)
        };
        if behind()
            && let Err(error) = self.read().await
        {
            warn!(%error, "the feed of revocations cannot be read");
        }
    }

    /// Waits until it is time to read again.
    pub(crate) async fn wait(&self) {
        let pause = tokio::time::sleep(POLL);
        match &self.signal {
            Some(signal) => tokio::select! { () = pause => {}, () = signal.changed() => {} },
            None => pause.await,
        }
    }

    /// Whether this session or API key has ended.
    pub(crate) fn has_ended(&self, held: Uuid) -> bool {
        self.state().set.has_ended(held)
    }

    /// Whether a token of this session, person and epoch is refused.
    pub(crate) fn refuses(&self, session: Uuid, user: Uuid, epoch: i64) -> bool {
        self.state().set.refuses(session, user, epoch)
    }

    /// The names of the keys whose tokens are good; nothing before the first reading.
    pub(crate) fn keys(&self) -> Option<HashSet<String>> {
        let state = self.state();
        state.read_at.map(|_| state.keys.clone())
    }

    /// Since when it is known; nothing if it never was.
    pub(crate) fn age(&self) -> Option<Duration> {
        self.state().read_at.map(|read_at| read_at.elapsed())
    }

    /// Asks that the copy be young enough to write by.
    ///
    /// # Errors
    ///
    /// [`AuthError::Stale`].
    pub(crate) fn check_age(&self) -> Result<(), AuthError> {
        if self.age().is_some_and(|age| age <= OLDEST) { Ok(()) } else { Err(AuthError::Stale) }
    }

    fn state(&self) -> std::sync::RwLockReadGuard<'_, State> {
        // A panic while it was held would leave a set that is whole all the same.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as StdMutex;

    use async_trait::async_trait;
    use atriz_kernel::{Clock as _, SystemClock};
    use chrono::TimeDelta;

    use super::*;
    use crate::revocation::{Revocation, RevocationPage};

    /// A feed that a test writes. It answers at most two rows at once, and nothing at all while it is away.
    #[derive(Debug, Default)]
    struct Written {
        rows: StdMutex<Vec<Revocation>>,
        head: StdMutex<i64>,
        away: StdMutex<bool>,
    }

    impl Written {
        fn revoke(&self, seq: i64, session: u128) {
            let expires_at = SystemClock.now() + TimeDelta::hours(1);
            let session_id = Some(Uuid::from_u128(session));
            self.rows.lock().unwrap().push(Revocation { seq, session_id, expires_at, ..Revocation::default() });
            *self.head.lock().unwrap() = seq;
        }
    }

    #[async_trait]
    impl RevocationSource for Written {
        async fn after(&self, seq: i64) -> Result<RevocationPage, AuthError> {
            if *self.away.lock().unwrap() {
                return Err(AuthError::Unreachable);
            }
            let head = *self.head.lock().unwrap();
            let seq = if head < seq { 0 } else { seq };
            let rows = self.rows.lock().unwrap();
            let behind: Vec<Revocation> = rows.iter().filter(|row| row.seq > seq).cloned().collect();
            let more = behind.len() > 2;
            Ok(RevocationPage { revocations: behind.into_iter().take(2).collect(), head, more, keys: vec![] })
        }
    }

    fn feed() -> (Arc<Written>, Feed) {
        let source = Arc::new(Written::default());
        (source.clone(), Feed::new(source, Arc::new(SystemClock), None))
    }

    fn refused(feed: &Feed, sessions: std::ops::Range<u128>) -> Vec<u128> {
        sessions.filter(|session| feed.refuses(Uuid::from_u128(*session), Uuid::nil(), 0)).collect()
    }

    #[tokio::test]
    async fn all_pages_are_read_and_then_only_what_is_new() {
        let (source, feed) = feed();
        assert!(feed.check_age().is_err() && feed.keys().is_none(), "nothing is known before the first reading");
        for number in 1..=5 {
            source.revoke(number, number.unsigned_abs().into());
        }
        feed.read().await.unwrap();
        assert_eq!(refused(&feed, 0..9), [1, 2, 3, 4, 5]);
        source.revoke(6, 8);
        feed.read().await.unwrap();
        assert_eq!(refused(&feed, 0..9), [1, 2, 3, 4, 5, 8]);
        assert!(feed.check_age().is_ok());
    }

    #[tokio::test]
    async fn a_feed_that_began_anew_is_read_anew() {
        let (source, feed) = feed();
        (1..=5).for_each(|number| source.revoke(number, number.unsigned_abs().into()));
        feed.read().await.unwrap();
        source.rows.lock().unwrap().clear();
        source.revoke(1, 7);
        feed.read().await.unwrap();
        assert_eq!(refused(&feed, 0..9), [7], "a database that was put back knows nothing of the later ones");
        source.revoke(2, 8);
        feed.read().await.unwrap();
        assert_eq!(refused(&feed, 0..9), [7, 8]);
    }

    #[tokio::test]
    async fn what_is_known_stays_known_while_nobody_answers() {
        let (source, feed) = feed();
        source.revoke(1, 1);
        feed.read().await.unwrap();
        *source.away.lock().unwrap() = true;
        assert!(feed.read().await.is_err());
        assert_eq!(refused(&feed, 0..9), [1]);
        feed.state.write().unwrap().read_at = Instant::now().checked_sub(OLDEST + Duration::from_millis(1));
        assert!(matches!(feed.check_age(), Err(AuthError::Stale)));
        *source.away.lock().unwrap() = false;
        feed.read().await.unwrap();
        assert!(feed.check_age().is_ok());
    }
}
