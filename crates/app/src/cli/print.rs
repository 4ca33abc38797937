//! How outcomes look.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::error::AppError;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// What was asked for. A reader that has gone away wants no more of it.
pub(super) fn answer(text: &str) {
    let _ = writeln!(anstream::stdout(), "{}", text.trim_end());
}

/// What was asked for, for a program.
pub(super) fn json<T: Serialize>(value: &T) {
    // Reports are made of strings, numbers and lists, which always serialise.
    answer(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// What is going on.
pub(super) fn narrate(text: impl Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// What went wrong, and what to do about it.
pub(super) fn failure(error: &AppError, package: &str) -> ExitCode {
    explain(error, &error.hint(package));
    ExitCode::from(if error.is_unexpected() { 2 } else { 1 })
}

/// A command line that was not understood: clap's own words, but in this program's form and with its exit code.
pub(super) fn usage(rendered: &str, package: &str) -> ExitCode {
    let (message, _) = rendered.split_once("\n\nFor more information").unwrap_or((rendered, ""));
    let message = message.trim().trim_start_matches("error: ");
    explain(message, &format!("`{package} --help` shows every verb and option"));
    ExitCode::from(1)
}

fn explain(message: impl Display, hint: &str) {
    narrate(format_args!("{ERROR}error:{ERROR:#} {message}\n\n{HINT}hint:{HINT:#} {hint}"));
}
