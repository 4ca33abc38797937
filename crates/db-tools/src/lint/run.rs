//! One run over folders.

use std::collections::BTreeSet;
use std::path::Path;

use atriz_db::Engine;
use atriz_db::migrate::Direction;

use super::baseline::{Baseline, Since};
use super::check::{self, Look, is_new};
use super::file::File;
use super::finding::{Finding, Fixed, Report};
use super::folder::LintFolder;
use super::hit::Hit;
use super::names::mentions;
use super::place::Lines;
use super::squawk::Known;
use super::state::State;
use super::{LintError, fix, ignore, replay, squawk};
use crate::parallel;
use crate::plan::cursor::Cursor;

/// How often `--fix` goes over a folder: what one round mends may let the next one mend more.
const MOST_ROUNDS: usize = 4;

/// Rules that say why SQLite would refuse a statement.
const EXPLAINS: [&str; 4] =
    ["sqlite-unsupported-alter", "sqlite-multi-alter", "cross-db-reference", "transaction-control"];

/// What to read.
#[derive(Clone, Debug)]
pub struct LintRequest {
    /// The folders.
    pub folders: Vec<LintFolder>,
    /// The engines; a folder that is not for one of them is left out for it.
    pub engines: Vec<Engine>,
    /// Which files are released.
    pub since: Since,
    /// Whether to mend what can be mended safely.
    pub fix: bool,
}

/// Reads the folders by all rules.
///
/// # Errors
///
/// A folder that is not there or cannot be read at all, git that knows no such revision, a file that cannot be written.
/// What is wrong with a file is a finding.
pub async fn lint(request: &LintRequest) -> Result<Report, LintError> {
    let mut report = Report::default();
    for folder in &request.folders {
        let baseline = Baseline::of(&folder.root, &request.since)?;
        for &engine in &request.engines {
            let mut files = read(folder, engine, &baseline).await?;
            for _ in 0..if request.fix { MOST_ROUNDS } else { 0 } {
                let fixed = mend(&files)?;
                if fixed.is_empty() {
                    break;
                }
                report.fixed.extend(fixed);
                // What was mended may have given another finding a new place, or brought one up.
                files = read(folder, engine, &baseline).await?;
            }
            tell(folder, files, &mut report);
        }
        if !report.baselines.contains(&baseline.words) {
            report.baselines.push(baseline.words);
        }
    }
    Ok(report)
}

/// The files of a folder with all that the rules say of them.
async fn read(folder: &LintFolder, engine: Engine, baseline: &Baseline) -> Result<Vec<File>, LintError> {
    let mut files = folder.read(engine)?;
    let root = folder.root.canonicalize().unwrap_or_default();
    let label = |path: &Path| {
        let below = path.strip_prefix(&root).unwrap_or(path).display().to_string();
        format!("{}/{below}", folder.label())
    };
    check::history(folder, baseline, &mut files, label);
    let known = fold(folder, &mut files);
    if engine == Engine::Postgres {
        by_squawk(&mut files, &known);
    } else if !folder.has_rust {
        replay::replay(&mut files).await?;
    }
    for file in &mut files {
        settle(file);
    }
    Ok(files)
}

/// Goes through the files in order, statement by statement, and answers what is known of each.
fn fold(folder: &LintFolder, files: &mut [File]) -> Vec<Vec<Known>> {
    let mut state = State::default();
    let mut all = Vec::with_capacity(files.len());
    for (index, file) in files.iter_mut().enumerate() {
        let (known, hits) = fold_file(folder, file, index, &mut state);
        file.hits.extend(hits);
        all.push(known);
    }
    for (file, hit) in check::unindexed(&state, files) {
        files[file].hits.push(hit);
    }
    all
}

fn fold_file(folder: &LintFolder, file: &File, index: usize, state: &mut State) -> (Vec<Known>, Vec<Hit>) {
    let (mut known, mut hits) = (Vec::new(), Vec::new());
    for (number, statement) in file.statements.iter().enumerate() {
        if !file.released {
            let mentions = mentions(statement);
            let new = is_new(statement, &mentions, state);
            let look = Look { folder, file, statement, mentions: &mentions, state, new };
            hits.extend(check::statement(&look));
            known.push(Known { new: look.new, proven: is_proven(&look), concurrent: is_concurrent(&look) });
        }
        if file.direction == Direction::Up {
            state.learn(statement, file.engine, (!file.released).then_some((index, number)));
        }
        if !file.released {
            hits.extend(check::learnt(statement, state, file.engine));
        }
    }
    if !file.released {
        hits.extend(check::file(file, &known.iter().map(|known| known.new).collect::<Vec<_>>()));
    }
    (known, hits)
}

/// Whether `ALTER COLUMN c SET NOT NULL` is proven by a CHECK of an earlier file, for each column it names.
fn is_proven(look: &Look<'_>) -> bool {
    let statement = look.statement;
    if look.file.engine != Engine::Postgres || !statement.has_word("set") || statement.word(0) != "alter" {
        return false;
    }
    let mut cursor = Cursor::new(&statement.tokens);
    cursor.eat("alter table");
    cursor.skip(&["if exists", "only"]);
    let Some(table) = cursor.name() else { return false };
    let mut columns = statement.tokens.windows(4).filter_map(|words| {
        let mut cursor = Cursor::new(words);
        let column = cursor.ident()?;
        cursor.sees("set not null").then_some(column)
    });
    columns.all(|column| look.state.is_proven(&table, &column))
}

/// Whether CONCURRENTLY changes nothing but how it is built: it is alone in its file, and its table has no partitions.
fn is_concurrent(look: &Look<'_>) -> bool {
    if look.file.statements.len() != 1 {
        return false;
    }
    let mut cursor = Cursor::new(&look.statement.tokens);
    let table = if cursor.eat("drop index") {
        cursor.eat("if exists");
        cursor.name().and_then(|index| look.state.table_of_index(&index).cloned())
    } else {
        look.mentions.first().map(|mention| mention.table.clone())
    };
    let whole = |table| look.state.table(&table).is_some_and(|table| !table.partitioned);
    table.is_some_and(whole)
}

/// Squawk's rules, on all processors.
fn by_squawk(files: &mut [File], known: &[Vec<Known>]) {
    let unreleased = files.iter_mut().zip(known).filter(|(file, _)| !file.released);
    parallel::each(&mut unreleased.collect::<Vec<_>>(), |(file, known)| {
        let hits = squawk::check(file, known);
        file.hits.extend(hits);
    });
}

/// Takes out what is ignored or told twice, and puts the rest in order. Of a released file only its history counts.
fn settle(file: &mut File) {
    if file.released {
        file.hits.retain(|hit| hit.rule.name == "history-edited");
    }
    file.hits.sort_by_key(|hit| (hit.range.as_ref().map(|range| (range.start, range.end)), hit.rule.name));
    file.hits.dedup_by(|left, right| left.rule.name == right.rule.name && left.range == right.range);
    leave_general(&mut file.hits);
    let (mut ignores, mut hits) = (std::mem::take(&mut file.ignores), std::mem::take(&mut file.hits));
    if file.released {
        ignores.retain(|ignore| ignore.rule == "history-edited");
    }
    file.ignored = ignore::apply(&mut ignores, &mut hits, |offset| file.statement_at(offset));
    say_once(file, &mut hits);
    hits.sort_by_key(|hit| hit.range.as_ref().map(|range| range.start));
    (file.ignores, file.hits) = (ignores, hits);
}

/// Leaves out that a constraint is not NOT VALID where a rule knows what sort it is: UNIQUE, for one, cannot be.
fn leave_general(hits: &mut Vec<Hit>) {
    const SPECIAL: [&str; 4] = [
        "adding-foreign-key-constraint",
        "adding-serial-primary-key-field",
        "disallowed-unique-constraint",
        "add-exclusion-constraint",
    ];
    let special = hits.iter().filter(|hit| SPECIAL.contains(&hit.rule.name)).filter_map(|hit| hit.range.clone());
    let special: BTreeSet<usize> = special.map(|range| range.start).collect();
    hits.retain(|hit| {
        let within = |range: &std::ops::Range<usize>| special.range(range.clone()).next().is_some();
        hit.rule.name != "constraint-missing-not-valid" || !hit.range.as_ref().is_some_and(within)
    });
}

/// Leaves out that SQLite refuses a statement where a rule says why.
fn say_once(file: &File, hits: &mut Vec<Hit>) {
    let statement = |hit: &Hit| hit.range.as_ref().and_then(|range| file.statement_at(range.start));
    let explained = |hit: &&Hit| EXPLAINS.contains(&hit.rule.name);
    let known: Vec<Option<usize>> = hits.iter().filter(explained).map(statement).collect();
    hits.retain(|hit| hit.rule.name != "sqlite-refused" || !known.contains(&statement(hit)));
}

fn mend(files: &[File]) -> Result<Vec<Fixed>, LintError> {
    let mut fixed = Vec::new();
    for file in files {
        fixed.extend(fix::mend(file)?);
    }
    Ok(fixed)
}

fn tell(folder: &LintFolder, files: Vec<File>, report: &mut Report) {
    for file in files {
        if !file.released && file.disk.is_some() {
            report.files += 1;
            report.statements += file.statements.len();
        }
        report.ignored += file.ignored;
        let lines = Lines::of(&file.text);
        for hit in &file.hits {
            report.findings.push(Finding {
                database: folder.name.clone(),
                engine: file.engine,
                rule: hit.rule.name,
                level: hit.rule.level,
                path: file.path.clone(),
                place: hit.range.as_ref().map(|range| lines.place(range)),
                message: hit.message.clone(),
                safe: hit.rule.safe,
                fixable: fix::is_fixable(&file, hit),
            });
        }
    }
}
