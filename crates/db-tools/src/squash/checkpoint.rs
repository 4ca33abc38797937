//! The four files of a checkpoint.

use std::fmt::Write as _;

use atriz_db::Engine;
use atriz_db::migrate::{Directives, Mode, Script};
use chrono::{DateTime, Utc};

use super::SquashError;
use super::range::Range;

/// One file of a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CheckpointFile {
    /// Its path below the database's folder: `sqlite/20260101000300_checkpoint.up.sql`.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// Both files for one engine. `made` are the statements of the way there.
pub(super) fn files(
    range: &Range,
    engine: Engine,
    made: &[String],
    now: DateTime<Utc>,
) -> Result<[CheckpointFile; 2], SquashError> {
    let path = |direction| format!("{engine}/{}.{direction}.sql", range.checkpoint);
    let up = CheckpointFile { path: path("up"), text: up(range, engine, made, now) };
    let down = CheckpointFile { path: path("down"), text: down(range, engine) };
    check(&down, engine)?;
    check(&up, engine)?;
    Ok([up, down])
}

fn up(range: &Range, engine: Engine, made: &[String], now: DateTime<Utc>) -> String {
    let (count, last) = (range.on(engine).len(), range.last());
    let mut text = format!(
        "-- What the {count} migrations up to {last} made, as one. Squashed {}.\n\
         -- A database that ran them counts this as applied; a new one runs it instead of them.\n",
        now.format("%Y-%m-%d")
    );
    for line in range.replaces() {
        writeln!(text, "-- atriz: replaces {line}").expect("writing to a string cannot fail");
    }
    text.push_str(&only(engine, made.is_empty()));
    for statement in made {
        write!(text, "\n{statement};\n").expect("writing to a string cannot fail");
    }
    text
}

/// The ways back of all that is replaced, from the last to the first.
fn down(range: &Range, engine: Engine) -> String {
    for (migration, _, down) in range.scripts(engine).rev() {
        if let Some(reason) = &down.directives.irreversible {
            return format!("-- atriz: irreversible \"{}: {reason}\"\n", migration.version);
        }
    }
    let mut text = format!("-- The ways back of what the checkpoint replaces, from {} on.\n", range.last());
    if range.scripts(engine).any(|(_, _, down)| down.directives.rebuild) {
        text.push_str("-- atriz: rebuild\n");
    }
    let length = text.len();
    for (migration, _, down) in range.scripts(engine).rev() {
        let kept: Vec<String> = down.statements.iter().filter_map(|one| together(&one.text, &one.tokens)).collect();
        if !kept.is_empty() {
            write!(text, "\n-- {}\n{};\n", migration.version, kept.join(";\n"))
                .expect("writing to a string cannot fail");
        }
    }
    if text.len() == length {
        text.push_str(&only(engine, true));
    }
    text
}

/// For an engine on which the migrations made nothing.
fn only(engine: Engine, nothing: bool) -> String {
    let other = engine.other();
    if nothing {
        format!("-- atriz: only {other} \"nothing of this is on {}\"\n", engine.title())
    } else {
        String::new()
    }
}

/// A statement as it runs within a transaction: not `CONCURRENTLY`, and VACUUM not at all.
fn together(text: &str, tokens: &[String]) -> Option<String> {
    let first = tokens.first().map(|token| token.to_lowercase()).unwrap_or_default();
    if first == "vacuum" {
        return None;
    }
    let head = text.split('(').next().unwrap_or_default();
    let at = head.to_ascii_lowercase().find("concurrently");
    let Some(at) = at.filter(|_| ["drop", "create", "reindex", "alter"].contains(&first.as_str())) else {
        return Some(text.to_owned());
    };
    let end = at + "concurrently".len();
    let is_word = tokens.iter().any(|token| token.eq_ignore_ascii_case("concurrently"));
    Some(if is_word { format!("{}{}", text[..at].trim_end(), &text[end..]) } else { text.to_owned() })
}

/// Reads a file as every verb will, and insists on one transaction.
fn check(file: &CheckpointFile, engine: Engine) -> Result<(), SquashError> {
    let script = Script::of_text(&file.path, &file.text, &Directives::default(), engine);
    let script = script.map_err(atriz_db::Error::from)?;
    if script.mode != Mode::Alone {
        return Ok(());
    }
    let reason = format!("a statement of {} cannot be in one transaction with the others", file.path);
    Err(SquashError::Unsayable { engine, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_alone_is_brought_together() {
        let brought = |text: &str| {
            let statement = atriz_db::migrate::split(text).unwrap().remove(0);
            together(&statement.text, &statement.tokens)
        };
        assert_eq!(brought("DROP INDEX CONCURRENTLY app.a;").unwrap(), "DROP INDEX app.a");
        assert_eq!(brought("DROP INDEX concurrently_made").unwrap(), "DROP INDEX concurrently_made");
        assert_eq!(brought("VACUUM app.things"), None);
    }
}
