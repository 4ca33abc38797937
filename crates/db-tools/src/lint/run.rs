//! One run over folders.

use std::path::Path;

use atriz_db::Engine;

use super::baseline::{Baseline, Since};
use super::file::File;
use super::finding::{Finding, Fixed, Report};
use super::fold::fold;
use super::folder::LintFolder;
use super::place::Lines;
use super::seen::see;
use super::settle::settle;
use super::source::Source;
use super::squawk::{self, Known};
use super::{LintError, check, fix, replay};
use crate::parallel;

/// How often `--fix` goes over a folder: what one round mends may let the next one mend more.
const MOST_ROUNDS: usize = 4;

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
            let mut sources = folder.read(engine)?;
            for _ in 0..if request.fix { MOST_ROUNDS } else { 0 } {
                let fixed = mend(&read(folder, engine, &baseline, &sources).await?)?;
                if fixed.is_empty() {
                    break;
                }
                report.fixed.extend(fixed);
                // What was mended may have given another finding a new place, or brought one up.
                sources = folder.read(engine)?;
            }
            tell(folder, read(folder, engine, &baseline, &sources).await?, &mut report);
        }
        if !report.baselines.contains(&baseline.words) {
            report.baselines.push(baseline.words);
        }
    }
    Ok(report)
}

/// The files of a folder with all that the rules say of them.
async fn read<'t>(
    folder: &LintFolder,
    engine: Engine,
    baseline: &Baseline,
    sources: &'t [Source],
) -> Result<Vec<File<'t>>, LintError> {
    let mut files = apart(sources)?;
    let root = folder.root.canonicalize().unwrap_or_default();
    let label = |path: &Path| {
        let below = path.strip_prefix(&root).unwrap_or(path).display().to_string();
        format!("{}/{below}", folder.label())
    };
    check::history(folder, baseline, &mut files, label);
    see(folder, &mut files);
    let known = fold(folder, &mut files);
    if engine == Engine::Postgres {
        by_squawk(&mut files, &known);
    } else if !folder.has_rust {
        replay::replay(&mut files).await?;
    }
    for (file, known) in files.iter_mut().zip(&known) {
        let new = |statement: usize| baseline.is_nothing() && known.get(statement).is_some_and(|known| known.new);
        settle(file, new);
    }
    Ok(files)
}

/// Takes the files apart, on all processors.
fn apart(sources: &[Source]) -> Result<Vec<File<'_>>, LintError> {
    let mut slots: Vec<_> = sources.iter().map(|source| (source, None)).collect();
    parallel::each(&mut slots, |(source, file)| *file = Some(File::of(source)));
    let files = slots.into_iter().filter_map(|(_, file)| file).collect::<Result<Vec<_>, _>>()?;
    Ok(files)
}

/// Squawk's rules, on all processors.
fn by_squawk(files: &mut [File<'_>], known: &[Vec<Known>]) {
    let unreleased = files.iter_mut().zip(known).filter(|(file, _)| !file.released);
    parallel::each(&mut unreleased.collect::<Vec<_>>(), |(file, known)| {
        let hits = squawk::check(file, known);
        file.hits.extend(hits);
    });
}

fn mend(files: &[File<'_>]) -> Result<Vec<Fixed>, LintError> {
    let mut fixed = Vec::new();
    for file in files {
        fixed.extend(fix::mend(file)?);
    }
    Ok(fixed)
}

fn tell(folder: &LintFolder, files: Vec<File<'_>>, report: &mut Report) {
    for file in files {
        if !file.released && file.disk.is_some() {
            report.files += 1;
            report.statements += file.statements.len();
        }
        report.ignored += file.ignored;
        if file.hits.is_empty() {
            continue;
        }
        let lines = Lines::of(file.text);
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
