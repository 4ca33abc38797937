//! `X-api keys`.

use atriz_core::{Rotation, SigningKeyInfo};
use atriz_db::Fleet;
use serde_json::{Value, json};

use super::arguments::KeysVerb;
use super::issuer::with_issuer;
use super::print;
use crate::app::App;
use crate::error::AppError;

pub(super) async fn run(app: &App, fleet: &Fleet, verb: &KeysVerb) -> Result<(), AppError> {
    let keys = with_issuer(app, fleet, "keys", async |issuer| {
        if let KeysVerb::Rotate { emergency } = verb {
            let rotation = if *emergency { Rotation::Emergency } else { Rotation::Now };
            issuer.signing_keys().rotate(rotation).await?;
        }
        Ok(issuer.signing_keys().list().await?)
    })
    .await?;
    if let KeysVerb::List { json: true } = verb {
        print::json(&keys.iter().map(value).collect::<Vec<_>>());
    } else {
        print::answer(&keys.iter().map(line).collect::<Vec<_>>().join("\n"));
    }
    Ok(())
}

fn value(key: &SigningKeyInfo) -> Value {
    json!({
        "kid": key.kid,
        "state": key.state.code(),
        "created_at": key.created_at,
        "activate_at": key.activate_at,
        "retire_at": key.retire_at,
    })
}

fn line(key: &SigningKeyInfo) -> String {
    let until = key.retire_at.map(|at| format!(", until {}", at.format("%F %T UTC"))).unwrap_or_default();
    format!("{}  {:<8}  from {}{until}", key.kid, key.state.code(), key.activate_at.format("%F %T UTC"))
}
