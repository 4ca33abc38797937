//! Sign-ins by password, several at once, of people who never type it wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use atriz_core::{AuthError, DEMO_USERS};

use crate::{CLIENTS, Failure, Window, house, rate};

pub(crate) async fn run(time: Duration) -> Result<f64, Failure> {
    let issuer = house::issuer().await?;
    for user in DEMO_USERS {
        // The first time, the demo password is hashed anew with a pepper.
        house::tokens(&issuer, user.email).await?;
    }
    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let window = Window::after_warm_up(time);
    let people = (0..CLIENTS).map(|_| {
        let (issuer, next, done) = (issuer.clone(), Arc::clone(&next), Arc::clone(&done));
        tokio::spawn(async move {
            while !window.is_over() {
                let user = DEMO_USERS[next.fetch_add(1, Ordering::Relaxed) % DEMO_USERS.len()];
                match house::tokens(&issuer, user.email).await {
                    Ok(_) => done.fetch_add(window.count(), Ordering::Relaxed),
                    // Where one is held up, the next ones come to the same account once more, and too soon.
                    Err(error) if matches!(error.downcast_ref(), Some(AuthError::Throttled { .. })) => continue,
                    Err(error) => return Err(error),
                };
            }
            Ok::<_, Failure>(())
        })
    });
    for person in people.collect::<Vec<_>>() {
        person.await??;
    }
    let found = rate(done.load(Ordering::Relaxed), time);
    issuer.shutdown().await;
    Ok(found)
}
