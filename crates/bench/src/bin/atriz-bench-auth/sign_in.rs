//! Sign-ins by password, several at once, of people who never type it wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use atriz_core::DEMO_USERS;

use crate::{CLIENTS, Failure, house, rate};

pub(crate) async fn run(time: Duration) -> Result<f64, Failure> {
    let issuer = house::issuer().await?;
    for user in DEMO_USERS {
        // The first time, the demo password is hashed anew with a pepper.
        house::tokens(&issuer, user.email).await?;
    }
    let (next, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let started = Instant::now();
    let people = (0..CLIENTS).map(|_| {
        let (issuer, next, done) = (issuer.clone(), Arc::clone(&next), Arc::clone(&done));
        tokio::spawn(async move {
            while started.elapsed() < time {
                let user = DEMO_USERS[next.fetch_add(1, Ordering::Relaxed) % DEMO_USERS.len()];
                house::tokens(&issuer, user.email).await?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, Failure>(())
        })
    });
    for person in people.collect::<Vec<_>>() {
        person.await??;
    }
    let found = rate(done.load(Ordering::Relaxed), started.elapsed());
    issuer.shutdown().await;
    Ok(found)
}
