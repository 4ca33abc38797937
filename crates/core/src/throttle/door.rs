//! Where a crowd waits before it is counted.
//!
//! Each try that waits for a connection holds 15 KB for its statement. Of a crowd that comes at once few ask the database
//! at a time, no slower for that, and the others hold next to nothing until it is their turn.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::AuthError;

/// How many ask at once: more than there are connections by default, so that none of those is ever idle for it.
const PLACES: usize = 16;
/// How long somebody waits for a place; as long as for a connection of PostgreSQL.
const PATIENCE: Duration = Duration::from_secs(2);

/// Lets a few pass at a time, in the order in which they came.
#[derive(Clone, Debug)]
pub(super) struct Door(Arc<Semaphore>);

impl Default for Door {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLACES)))
    }
}

impl Door {
    /// A place, given up when it is dropped.
    ///
    /// # Errors
    ///
    /// [`AuthError::Overloaded`] where none became free for long: the database hardly answers, and whoever would wait
    /// behind the others shall not wait for all of them.
    pub(super) async fn enter(&self) -> Result<SemaphorePermit<'_>, AuthError> {
        match timeout(PATIENCE, self.0.acquire()).await {
            Ok(place) => place.map_err(|_| AuthError::inside("the door to the throttles was closed")),
            Err(_) => Err(AuthError::Overloaded { retry_after: PATIENCE }),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn a_few_pass_at_a_time_and_all_in_the_end() {
        let (door, inside) = (Door::default(), std::sync::atomic::AtomicUsize::default());
        let most = join_all((0..200).map(|_| async {
            let _place = door.enter().await.unwrap();
            let now = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
            tokio::task::yield_now().await;
            inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
            now
        }));
        assert_eq!(most.await.into_iter().max(), Some(PLACES));
    }

    #[tokio::test]
    async fn nobody_waits_for_ever_at_a_door_that_is_stuck() {
        let door = Door::default();
        let stuck = join_all((0..PLACES).map(|_| door.enter())).await;
        let refused = door.enter().await;
        assert!(matches!(refused, Err(AuthError::Overloaded { retry_after }) if retry_after == PATIENCE));
        drop(stuck);
        assert!(door.enter().await.is_ok());
    }
}
