//! `X-api audit`.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use atriz_core::{AuditHead, AuthError};
use atriz_db::Fleet;
use atriz_kernel::{Clock as _, SystemClock};
use serde_json::json;

use super::arguments::{AuditVerb, HeadOptions};
use super::issuer::with_issuer;
use super::print;
use crate::app::App;
use crate::error::AppError;

/// `X-api audit verify` and `audit head`.
pub(super) async fn run(app: &App, fleet: &Fleet, verb: &AuditVerb) -> Result<(), AppError> {
    match verb {
        AuditVerb::Verify { head, json } => verify(app, fleet, head.as_deref(), *json).await,
        AuditVerb::Head(options) => head(app, fleet, options).await,
    }
}

async fn verify(app: &App, fleet: &Fleet, head: Option<&str>, json: bool) -> Result<(), AppError> {
    let bad =
        || AuthError::Unacceptable { field: "--head", message: "it takes SEQ:HASH, as a run prints it".to_owned() };
    let head = head.map(|text| text.parse::<AuditHead>().map_err(|_| bad())).transpose()?;
    let report = with_issuer(app, fleet, "audit", async |issuer| Ok(issuer.audit().verify(head).await?)).await?;
    let newest = report.head.as_ref().map(ToString::to_string);
    if json {
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

async fn head(app: &App, fleet: &Fleet, options: &HeadOptions) -> Result<(), AppError> {
    let head = with_issuer(app, fleet, "audit", async |issuer| Ok(issuer.audit().head().await?)).await?;
    let text = head.map(|head| head.to_string());
    if let (Some(file), Some(head)) = (&options.append, &text) {
        append(file, head).map_err(|source| AppError::File { path: file.clone(), source })?;
    }
    if options.json {
        print::json(&json!({ "head": text }));
    } else {
        print::answer(text.as_deref().unwrap_or("(none)"));
    }
    Ok(())
}

/// Adds a line and waits until it is on the disk. What stands in the file already is never touched.
fn append(path: &Path, head: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    let mut file = options.open(path)?;
    let now = SystemClock.now().format("%FT%TZ");
    // In one write, so that the lines of two at once do not mix.
    file.write_all(format!("{now} {head}\n").as_bytes())?;
    file.sync_all()
}
