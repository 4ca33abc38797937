//! What is read again every second, since seeds, a console or another process may have changed it.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use sea_orm::DbErr;
use tokio::sync::Mutex;

/// How long what was read is taken as it is, unless it is told.
const YOUNG: Duration = Duration::from_secs(1);

/// The last that was read of something.
#[derive(Debug)]
pub(crate) struct Recent<T> {
    young: Duration,
    last: RwLock<Option<Read<T>>>,
    /// Held while it is read, so that one reads for all. It says when the last one began that failed.
    reading: Mutex<Option<Instant>>,
}

#[derive(Debug)]
struct Read<T> {
    value: Arc<T>,
    /// The moment before it was read.
    at: Instant,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self::lasting(YOUNG)
    }
}

impl<T> Recent<T> {
    fn lasting(young: Duration) -> Self {
        Self { young, last: RwLock::default(), reading: Mutex::default() }
    }

    /// What was read within the last second, if it is complete: what somebody asks for and is not in it was made a moment
    /// ago. Otherwise it is read.
    ///
    /// # Errors
    ///
    /// What `read` says.
    pub(crate) async fn get<R, F>(&self, is_complete: impl Fn(&T) -> bool, read: R) -> Result<Arc<T>, DbErr>
    where
        R: Fn() -> F,
        F: Future<Output = Result<T, DbErr>>,
    {
        let asked = Instant::now();
        let young = self.since(asked.checked_sub(self.young).unwrap_or(asked), &read).await?;
        if is_complete(&young) { Ok(young) } else { self.since(asked, &read).await }
    }

    /// As it was then or later.
    async fn since<R, F>(&self, then: Instant, read: &R) -> Result<Arc<T>, DbErr>
    where
        R: Fn() -> F,
        F: Future<Output = Result<T, DbErr>>,
    {
        if let Some(value) = self.last(then) {
            return Ok(value);
        }
        let mut failed = self.reading.lock().await;
        if let Some(value) = self.last(then) {
            return Ok(value);
        }
        // Nobody waits for one after the other to fail: behind the first, all ask for themselves.
        if failed.is_some_and(|failed| failed >= then) {
            drop(failed);
            return self.read(read).await;
        }
        let began = Instant::now();
        let found = self.read(read).await;
        *failed = found.is_err().then_some(began);
        found
    }

    async fn read<R, F>(&self, read: &R) -> Result<Arc<T>, DbErr>
    where
        R: Fn() -> F,
        F: Future<Output = Result<T, DbErr>>,
    {
        let at = Instant::now();
        let value = Arc::new(read().await?);
        let read = Read { value: Arc::clone(&value), at };
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_none_or(|last| last.at < at) {
            *last = Some(read);
        }
        Ok(value)
    }

    fn last(&self, then: Instant) -> Option<Arc<T>> {
        let last = self.last.read().unwrap_or_else(PoisonError::into_inner);
        last.as_ref().filter(|read| read.at >= then).map(|read| Arc::clone(&read.value))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn it_is_read_once_for_all_and_when_something_is_missing() {
        let (recent, reads) = (Recent::lasting(Duration::from_hours(1)), AtomicU32::new(0));
        let read = || async { Ok(reads.fetch_add(1, Ordering::SeqCst) + 1) };
        // All at once: one reads for them.
        let all = (0..20).map(|_| recent.get(|_| true, read));
        for one in futures_util::future::join_all(all).await {
            assert_eq!(*one.unwrap(), 1);
        }
        assert_eq!(*recent.get(|count| *count > 1, read).await.unwrap(), 2);
        assert_eq!(*recent.get(|count| *count > 2, read).await.unwrap(), 3);
        assert_eq!(*recent.get(|_| true, read).await.unwrap(), 3);
    }

    #[tokio::test]
    async fn what_is_old_is_read_again() {
        let (recent, reads) = (Recent::lasting(Duration::from_millis(20)), AtomicU32::new(0));
        let read = || async { Ok(reads.fetch_add(1, Ordering::SeqCst) + 1) };
        recent.get(|_| true, read).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(*recent.get(|_| true, read).await.unwrap(), 2);
    }

    #[tokio::test]
    async fn what_could_not_be_read_is_not_kept() {
        let (recent, broken) = (Recent::default(), AtomicU32::new(1));
        let read = || async {
            match broken.swap(0, Ordering::SeqCst) {
                0 => Ok(7),
                _ => Err(DbErr::Custom("no database".to_owned())),
            }
        };
        assert!(recent.get(|_| true, read).await.is_err());
        assert_eq!(*recent.get(|_| true, read).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn those_who_ask_while_nothing_can_be_read_hear_so_together() {
        const SLOW: Duration = Duration::from_millis(50);
        let recent = Recent::<u32>::default();
        let read = || async {
            tokio::time::sleep(SLOW).await;
            Err(DbErr::Custom("no database".to_owned()))
        };
        let began = Instant::now();
        let all = futures_util::future::join_all((0..50).map(|_| recent.get(|_| true, read))).await;
        assert!(all.iter().all(Result::is_err));
        assert!(began.elapsed() < 20 * SLOW, "{:?}", began.elapsed());
    }
}
