//! Access tokens checked on one core: each seen for the first time, and the same ones again.

use std::time::{Duration, Instant};

use atriz_core::{Issuer, Verifier};
use secrecy::{ExposeSecret as _, SecretString};

use crate::{Failure, house, rate};

/// Different tokens: more than are checked while the clock of a processor warms up, and as many as can be had in a few
/// seconds.
const TOKENS: usize = 4_000;

pub(crate) struct Found {
    pub(crate) cold: f64,
    pub(crate) cached: f64,
}

pub(crate) async fn run(time: Duration) -> Result<Found, Failure> {
    let issuer = house::issuer().await?;
    let tokens = make(&issuer).await?;
    let verifier = Verifier::local(&issuer);
    // One task does it all, so one core does.
    let measured = tokio::spawn(async move {
        let started = Instant::now();
        for token in &tokens {
            verifier.bearer_shared(token.expose_secret(), "atriz").await?;
        }
        let cold = rate(tokens.len(), started.elapsed());
        let (mut count, started) = (0, Instant::now());
        while started.elapsed() < time {
            for token in &tokens {
                verifier.bearer_shared(token.expose_secret(), "atriz").await?;
            }
            count += tokens.len();
        }
        Ok::<_, Failure>(Found { cold, cached: rate(count, started.elapsed()) })
    });
    let found = measured.await??;
    issuer.shutdown().await;
    Ok(found)
}

async fn make(issuer: &Issuer) -> Result<Vec<SecretString>, Failure> {
    let mut pair = house::tokens(issuer, "member@example.com").await?;
    let mut tokens = Vec::with_capacity(TOKENS);
    let client = house::client();
    while tokens.len() < TOKENS {
        pair = issuer.sessions().refresh(pair.refresh_token.expose_secret(), &client).await?;
        tokens.push(pair.access_token.clone());
    }
    Ok(tokens)
}
