//! Refreshes by several clients, each with a session of its own.

use std::time::Duration;

use atriz_core::DEMO_USERS;
use secrecy::ExposeSecret as _;

use crate::{CLIENTS, Failure, Window, house, rate};

pub(crate) async fn run(time: Duration) -> Result<f64, Failure> {
    let issuer = house::issuer().await?;
    let mut pairs = Vec::new();
    for user in DEMO_USERS.iter().take(CLIENTS) {
        pairs.push(house::tokens(&issuer, user.email).await?);
    }
    let window = Window::after_warm_up(time);
    let clients = pairs.into_iter().map(|mut pair| {
        let (issuer, client) = (issuer.clone(), house::client());
        tokio::spawn(async move {
            let mut count = 0;
            while !window.is_over() {
                pair = issuer.sessions().refresh(pair.refresh_token.expose_secret(), &client).await?;
                count += window.count();
            }
            Ok::<usize, Failure>(count)
        })
    });
    let mut count = 0;
    for client in clients.collect::<Vec<_>>() {
        count += client.await??;
    }
    let found = rate(count, time);
    issuer.shutdown().await;
    Ok(found)
}
