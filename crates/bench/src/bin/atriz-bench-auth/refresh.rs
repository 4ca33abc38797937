//! Refreshes by several clients, each with a session of its own.

use std::time::{Duration, Instant};

use atriz_core::DEMO_USERS;
use secrecy::ExposeSecret as _;

use crate::{CLIENTS, Failure, house, rate};

pub(crate) async fn run(time: Duration) -> Result<f64, Failure> {
    let issuer = house::issuer().await?;
    let mut pairs = Vec::new();
    for user in DEMO_USERS.iter().take(CLIENTS) {
        pairs.push(house::tokens(&issuer, user.email).await?);
    }
    let started = Instant::now();
    let clients = pairs.into_iter().map(|mut pair| {
        let (issuer, client) = (issuer.clone(), house::client());
        tokio::spawn(async move {
            let mut count = 0;
            while started.elapsed() < time {
                pair = issuer.sessions().refresh(pair.refresh_token.expose_secret(), &client).await?;
                count += 1;
            }
            Ok::<usize, Failure>(count)
        })
    });
    let mut count = 0;
    for client in clients.collect::<Vec<_>>() {
        count += client.await??;
    }
    let found = rate(count, started.elapsed());
    issuer.shutdown().await;
    Ok(found)
}
