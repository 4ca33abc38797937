//! How things are printed: data to standard output, narration and errors to standard error.

use std::io::Write as _;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::error::Failure;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();

/// Prints a line of data. A reader that went away (`| head`) is no error.
pub(crate) fn data(line: &str) {
    let _ = writeln!(anstream::stdout(), "{line}");
}

/// Prints a line of narration.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// Prints a line of narration about something that went well.
pub(crate) fn good(line: &str) {
    say(&format!("{GOOD}✓{GOOD:#} {line}"));
}

/// Prints a value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::unexpected(error.to_string()))?;
    data(&text);
    Ok(())
}

/// Prints rows in columns as wide as their widest cell.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([headings[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    data(&line(headings.to_vec()));
    for row in rows {
        data(&line(row.iter().map(String::as_str).collect()));
    }
}

/// Prints how a verb failed and answers its exit code.
pub(crate) fn failure(failure: &Failure) -> ExitCode {
    if !failure.told {
        say(&format!("{ERROR}error{ERROR:#}: {failure}"));
        if let Some(hint) = &failure.hint {
            say(&format!("\n{HINT}hint{HINT:#}: {hint}"));
        }
    }
    ExitCode::from(failure.code)
}

/// Prints clap's own message. Help and version are data; everything else is the user's to fix.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    // A closed standard output has nobody left to tell.
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

/// "1 row", "2 rows".
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
