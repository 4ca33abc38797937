//! The issuer over core's database, and people to sign in.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use atriz_core::{AuthSettings, Client, DEMO_PASSWORD, Held, Issuer, Keep, SignIn, TokenPair};
use atriz_db::config::{Inputs, Scope};
use atriz_db::{Catalog, Configuration, Database};
use atriz_kernel::SystemClock;
use secrecy::SecretString;

use crate::Failure;

/// Opens the issuer.
pub(crate) async fn issuer() -> Result<Issuer, Failure> {
    let catalog = Catalog::new(vec![atriz_core::descriptor()])?;
    let configuration = Configuration::load(&catalog, &Inputs::of_process(Scope::Workspace))?;
    let database = Database::open(configuration.target("core")?, configuration.slow_query).await?;
    let settings = Arc::new(AuthSettings::of(&configuration)?);
    Ok(Issuer::open(database, Arc::new(SystemClock), settings).await?)
}

/// Somebody from an address of their own: what is counted per address is not what is measured.
pub(crate) fn client() -> Client {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed) % 0x00ff_ffff;
    Client { ip: Some(IpAddr::V4(Ipv4Addr::from(0x0a00_0001 + number))), user_agent: None }
}

/// What a demo user writes to sign in.
pub(crate) fn attempt(email: &str) -> SignIn {
    let password = SecretString::from(DEMO_PASSWORD);
    SignIn { email: email.to_owned(), password, code: None, app: "atriz".to_owned(), keep: Keep::Tokens }
}

/// Signs a demo user in.
pub(crate) async fn tokens(issuer: &Issuer, email: &str) -> Result<TokenPair, Failure> {
    match issuer.sessions().sign_in(attempt(email), &client()).await?.held {
        Held::Tokens(pair) => Ok(pair),
        Held::Cookie(_) => Err("tokens were asked for".into()),
    }
}
