//! `cargo xtask ci`: what CI runs, by the same script.

use crate::error::Failure;
use crate::workspace;

/// Runs `.ci/run`.
pub(crate) fn run() -> Result<(), Failure> {
    let status = workspace::command("bash").arg(".ci/run").status();
    let status = status.map_err(|error| Failure::unexpected(format!("bash cannot be started: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::told()) }
}
