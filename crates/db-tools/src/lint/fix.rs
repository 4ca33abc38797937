//! `--fix`: what can be mended without asking.

use std::fs;

use super::LintError;
use super::file::File;
use super::finding::Fixed;
use super::hit::{Edit, Hit};
use super::place::Lines;
use super::source::with_line_feeds;

/// Whether a hit can be mended: never in a released file, nor in one that is not read as it stands.
pub(super) fn is_fixable(file: &File<'_>, hit: &Hit) -> bool {
    !hit.edits.is_empty() && !file.released && file.disk.is_some() && file.is_verbatim()
}

/// Mends a file on disk, and says what it changed.
pub(super) fn mend(file: &File<'_>) -> Result<Vec<Fixed>, LintError> {
    let hits: Vec<&Hit> = file.hits.iter().filter(|hit| is_fixable(file, hit)).collect();
    let (Some(disk), false) = (&file.disk, hits.is_empty()) else { return Ok(Vec::new()) };
    let (mut fixed, mut edits): (Vec<Fixed>, Vec<&Edit>) = (Vec::new(), Vec::new());
    let lines = Lines::of(file.text);
    let ends = hits.iter().find(|hit| is_ends(hit)).map(|hit| hit.rule.name);
    fixed.extend(ends.map(|rule| told(file, rule, 1, String::new(), String::new())));
    for hit in hits.into_iter().filter(|hit| !is_ends(hit)) {
        let new: Vec<&Edit> = hit.edits.iter().filter(|edit| !edits.iter().any(|known| meets(known, edit))).collect();
        // Two rules may want the same place; the next round sees what is left.
        if !new.is_empty() {
            fixed.push(line_of(file, &lines, hit, &new));
            edits.extend(new);
        }
    }
    let mut text = applied(file.text, &edits);
    if ends.is_some() {
        text = with_line_feeds(&text);
    }
    let failed = |error: std::io::Error| LintError::Write { path: file.path.clone(), reason: error.to_string() };
    fs::write(disk, text).map_err(failed)?;
    Ok(fixed)
}

/// Whether it is about the bytes of the whole file.
fn is_ends(hit: &Hit) -> bool {
    ["crlf-bom", "lone-return"].contains(&hit.rule.name)
}

fn told(file: &File<'_>, rule: &'static str, line: usize, before: String, after: String) -> Fixed {
    Fixed { path: file.path.clone(), line, rule, before, after }
}

/// The line of a hit before and after its edits.
fn line_of(file: &File<'_>, lines: &Lines<'_>, hit: &Hit, edits: &[&Edit]) -> Fixed {
    let range = hit.range.clone().unwrap_or(0..0);
    let place = lines.place(&range);
    let start = file.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let local: Vec<Edit> = edits.iter().map(|edit| shifted(edit, start)).collect();
    let changed = applied(&file.text[start..], &local.iter().collect::<Vec<_>>());
    let after = changed.lines().next().unwrap_or_default().trim_end().to_owned();
    told(file, hit.rule.name, place.line, place.text, after)
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
