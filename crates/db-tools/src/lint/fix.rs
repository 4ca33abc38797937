//! `--fix`: what can be mended without asking.

use std::fs;

use super::LintError;
use super::file::File;
use super::finding::Fixed;
use super::hit::{Edit, Hit};
use super::place::Place;

/// Whether a hit can be mended: never in a released file, nor in one that is not read as it stands.
pub(super) fn is_fixable(file: &File, hit: &Hit) -> bool {
    !hit.edits.is_empty() && !file.released && file.verbatim && file.disk.is_some()
}

/// Mends a file on disk, and says what it changed.
pub(super) fn mend(file: &File) -> Result<Vec<Fixed>, LintError> {
    let hits: Vec<&Hit> = file.hits.iter().filter(|hit| is_fixable(file, hit)).collect();
    let (Some(disk), false) = (&file.disk, hits.is_empty()) else { return Ok(Vec::new()) };
    let mut fixed = Vec::new();
    let mut edits: Vec<&Edit> = Vec::new();
    for hit in &hits {
        let new: Vec<&Edit> = hit.edits.iter().filter(|edit| !edits.iter().any(|known| meets(known, edit))).collect();
        let range = hit.range.clone().unwrap_or(0..0);
        let ends = hit.rule.name == "crlf-bom";
        if ends && fixed.iter().any(|one: &Fixed| one.rule == hit.rule.name) {
            continue;
        }
        let (before, after) = if ends {
            (String::new(), String::new())
        } else if new.is_empty() {
            // Two rules wanted the same place; the next run sees what is left.
            continue;
        } else {
            let place = Place::of(&file.text, &range);
            let line: String =
                file.text[..range.start].rfind('\n').map_or(&file.text[..], |at| &file.text[at + 1..]).into();
            let start = file.text.len() - line.len();
            let local: Vec<Edit> = new.iter().map(|edit| shifted(edit, start)).collect();
            let changed = applied(&line, &local.iter().collect::<Vec<_>>());
            (place.text, changed.lines().next().unwrap_or_default().trim_end().to_owned())
        };
        fixed.push(Fixed {
            path: file.path.clone(),
            line: Place::of(&file.text, &range).line,
            rule: hit.rule.name,
            before,
            after,
        });
        edits.extend(new);
    }
    let mut text = applied(&file.text, &edits);
    if hits.iter().any(|hit| hit.rule.name == "crlf-bom") {
        text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
    let failed = |error: std::io::Error| LintError::Write { path: file.path.clone(), reason: error.to_string() };
    fs::write(disk, text).map_err(failed)?;
    Ok(fixed)
}

fn meets(left: &Edit, right: &Edit) -> bool {
    left.range == right.range || (left.range.start < right.range.end && right.range.start < left.range.end)
}

fn shifted(edit: &Edit, start: usize) -> Edit {
    let range = edit.range.start.saturating_sub(start)..edit.range.end.saturating_sub(start);
    Edit { range, text: edit.text.clone() }
}

/// The text with the edits, which do not meet; the last in the text is made first, so that places stay right.
fn applied(text: &str, edits: &[&Edit]) -> String {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.range.start));
    let mut text = text.to_owned();
    for edit in edits {
        text.replace_range(edit.range.clone(), &edit.text);
    }
    text
}
