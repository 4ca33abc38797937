//! A seed that was not granted a lock is tried again, and says who holds it when it gives up.

use std::time::Duration;

use tokio::time::sleep;

use super::SeedError;
use super::files::SeedFile;
use super::load::Loader;
use crate::migrate::Watch;
use crate::progress::Event;

/// How often a file is tried when a lock is not granted in time.
const LOCK_ATTEMPTS: u32 = 3;

impl Loader<'_> {
    /// Runs `work` on a file, again where a lock was not granted; it rolls back before it fails.
    pub(super) async fn retried<T, F>(&self, file: &SeedFile, work: impl Fn() -> F) -> Result<T, SeedError>
    where
        F: Future<Output = Result<T, SeedError>>,
    {
        let mut attempt = 1;
        loop {
            // The first try takes what it needs or is refused; who is in the way is worth a connection from then on.
            let watch = if attempt > 1 { Watch::begin(self.session).await } else { None };
            let label = match work().await {
                Err(SeedError::Locked { file: label, .. }) => label,
                done => return done,
            };
            let holder = watch.and_then(Watch::end).map(|holder| format!(", held by {holder}")).unwrap_or_default();
            if attempt == LOCK_ATTEMPTS {
                return Err(SeedError::Locked { file: label, holder });
            }
            self.context.observer.event(&Event::SeedRetried {
                database: &self.database.name,
                file: &file.name,
                reason: &format!("a lock was not granted within 3 s{holder}"),
            });
            sleep(Duration::from_millis(200 << attempt)).await;
            attempt += 1;
        }
    }
}
