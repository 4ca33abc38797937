//! `cargo xtask ci`: what CI runs, by the same script.

use std::process::Command;

use crate::error::Failure;

/// Runs `.ci/run`.
pub(crate) fn run() -> Result<(), Failure> {
    let status = Command::new("bash").arg(".ci/run").status();
    let status = status.map_err(|error| Failure::unexpected(format!("bash cannot be started: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::told()) }
}
