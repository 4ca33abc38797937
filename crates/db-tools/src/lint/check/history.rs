//! What became of released files, and what was put before them.

use std::path::Path;

use atriz_db::migrate::{Direction, split};

use super::super::baseline::Baseline;
use super::super::file::File;
use super::super::folder::{LintFolder, is_older};
use super::super::hit::Hit;

/// Marks released files, and says which were edited, removed or overtaken.
pub(in super::super) fn check(
    folder: &LintFolder,
    baseline: &Baseline,
    files: &mut Vec<File<'_>>,
    label: impl Fn(&Path) -> String,
) {
    for file in files.iter_mut() {
        let Some(disk) = file.disk.clone() else { continue };
        file.released = baseline.is_released(&disk);
        if file.released
            && let Some(old) = baseline.old_text(&disk)
        {
            file.hits.extend(edited(file, &old));
        }
    }
    let up = |file: &&File<'_>| file.released && file.direction == Direction::Up;
    let newest = files
        .iter()
        .filter(up)
        .map(|file| file.version.clone())
        .reduce(|left, right| if is_older(&left, &right) { right } else { left });
    if let Some(newest) = newest {
        for file in
            files.iter_mut().filter(|file| !file.released && file.disk.is_some() && file.direction == Direction::Up)
        {
            if is_older(&file.version, &newest) {
                file.hits.push(Hit::of_file("non-linear", format!("it is older than {newest}, which is released")));
            }
        }
    }
    let Some(engine) = files.first().map(|file| file.engine) else { return };
    for path in baseline.removed(&folder.root) {
        let other = engine.other().name();
        if folder.is_ours() && path.components().any(|part| part.as_os_str() == other) {
            continue;
        }
        // A file that was missed for another reason is told once.
        let label = label(&path);
        files.retain(|file| file.path != label);
        let mut file = File::empty(label, "", Direction::Up, engine);
        file.hits.push(Hit::of_file("history-removed", "it is released, and no longer here"));
        files.push(file);
    }
}

/// The first statement that is not as it was. Comments and blank space do not count.
fn edited(file: &File<'_>, old: &str) -> Option<Hit> {
    let old = split(old).ok()?;
    let now = &file.statements;
    let same = now.iter().zip(&old).take_while(|(now, old)| now.tokens == old.tokens).count();
    if same == now.len() && same == old.len() {
        return None;
    }
    let message = "it is released, and its statements are not what they were";
    let Some(statement) = now.get(same) else {
        return Some(Hit::of_file("history-edited", message));
    };
    let was = old.get(same).map(|old| old.tokens.as_slice()).unwrap_or_default();
    let at = statement.tokens.iter().zip(was).take_while(|(now, old)| now == old).count();
    Some(Hit::on("history-edited", statement, at.min(statement.tokens.len() - 1), 1, message))
}
