//! `X-api audit`.

use atriz_core::{AuditHead, AuthError};
use atriz_db::Fleet;
use serde_json::json;

use super::arguments::AuditVerb;
use super::issuer::with_issuer;
use super::print;
use crate::app::App;
use crate::error::AppError;

/// `X-api audit verify`.
pub(super) async fn run(app: &App, fleet: &Fleet, verb: &AuditVerb) -> Result<(), AppError> {
    let AuditVerb::Verify { head, json } = verb;
    let bad =
        || AuthError::Unacceptable { field: "--head", message: "it takes SEQ:HASH, as a run prints it".to_owned() };
    let head = head.as_deref().map(|text| text.parse::<AuditHead>().map_err(|_| bad())).transpose()?;
    let report = with_issuer(app, fleet, "audit", async |issuer| Ok(issuer.audit().verify(head).await?)).await?;
    let newest = report.head.as_ref().map(ToString::to_string);
    if *json {
        print::json(&json!({"entries": report.entries, "head": newest, "broken": report.broken}));
    } else {
        print::answer(&format!("{} entries, head {}", report.entries, newest.as_deref().unwrap_or("(none)")));
    }
    match &report.broken {
        None => Ok(()),
        Some(broken) => {
            print::narrate(broken);
            Err(AppError::AuditBroken)
        }
    }
}
