//! Ctrl-C, or SIGTERM: the first one lets the migrations in flight finish, the second one breaks them off.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use atriz_db::migrate::RunContext;

use crate::error::Failure;
use crate::progress::Shown;

/// The run that is told to stop.
static RUN: OnceLock<(Arc<AtomicBool>, Arc<Shown>)> = OnceLock::new();

/// Says which run a Ctrl-C is about: the first of the process.
pub(crate) fn watch(context: &RunContext, shown: &Arc<Shown>) {
    // A second workspace of one process belongs to the same command.
    let _ = RUN.set((Arc::clone(&context.stop), Arc::clone(shown)));
}

/// Runs `work` to its end, or to the Ctrl-C that breaks it off. What was not committed then is undone by the engines when
/// the connections close.
pub(crate) async fn unless_interrupted(work: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = ctrl_c() => match RUN.get().filter(|(_, shown)| shown.is_migrating()) {
                Some((stop, shown)) if !stop.swap(true, Ordering::SeqCst) => {
                    shown.line("stopping behind the migrations in flight; Ctrl-C once more breaks them off");
                }
                Some(_) => return Err(Failure::broken_off()),
                None => return Err(Failure::interrupted()),
            },
        }
    }
}

async fn ctrl_c() {
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        () = terminate() => {}
    }
}

/// What a supervisor sends that wants an end.
#[cfg(unix)]
async fn terminate() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => drop(terminated.recv().await),
        // Without a handler the system's own ends the process.
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}
