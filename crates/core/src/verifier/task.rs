//! The task that reads the feed, as long as somebody holds the verifier.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::JoinHandle;

use super::Inner;

/// The task, once it was started.
#[derive(Debug, Default)]
pub(super) struct Task {
    handle: Mutex<Option<JoinHandle<()>>>,
}

impl Task {
    /// Reads the feed from now on.
    pub(super) fn start(&self, inner: &Arc<Inner>) {
        let weak = Arc::downgrade(inner);
        let task = tokio::spawn(async move {
            while let Some(inner) = weak.upgrade() {
                inner.feed.wait().await;
                inner.poll().await;
            }
        });
        *self.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(task);
    }

    /// Ends it, and waits for that.
    pub(super) async fn stop(&self) {
        let task = self.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task.abort();
            // It was told to end; how it did does not matter.
            let _ = task.await;
        }
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(task) = self.handle.get_mut().unwrap_or_else(PoisonError::into_inner) {
            task.abort();
        }
    }
}
