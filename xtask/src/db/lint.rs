//! `cargo xtask db lint`.

use std::path::PathBuf;

use atriz_db::Engine;
use atriz_db::config::{Inputs, Scope};
use atriz_db_tools::lint::{Level, LintError, LintFolder, LintRequest, Report, Since, lint};
use clap::Args;

use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::workspace::catalog;

/// What to read.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db lint\n  cargo xtask db lint pshop --since v1.2.0\n  \
                        cargo xtask db lint --fix\n  cargo xtask db lint --source ../shop/migrations --engine postgres")]
pub(crate) struct LintArguments {
    #[command(flatten)]
    databases: Databases,
    /// Take what git has at this revision as released [default: where this branch left the main one]
    #[arg(long, value_name = "REV", conflicts_with = "all")]
    since: Option<String>,
    /// Take nothing as released: all files are one batch
    #[arg(long)]
    all: bool,
    /// Mend what can be mended safely, and show it
    #[arg(long)]
    fix: bool,
    /// Fail by warnings too
    #[arg(long)]
    deny_warnings: bool,
    /// The files of one engine alone: postgres or sqlite
    #[arg(long, value_parser = engine)]
    engine: Option<Engine>,
    /// Read this folder, in any layout, in place of the workspace's
    #[arg(long, value_name = "DIR", conflicts_with = "databases")]
    source: Option<PathBuf>,
    /// The folder's layout, where it does not say
    #[arg(long, value_name = "NAME", requires = "source")]
    layout: Option<String>,
    #[command(flatten)]
    format: Format,
}

fn engine(text: &str) -> Result<Engine, String> {
    Engine::parse(text).ok_or_else(|| "the engines are postgres and sqlite".to_owned())
}

pub(crate) async fn run(arguments: &LintArguments) -> Result<(), Failure> {
    let (folders, engines) = match &arguments.source {
        Some(folder) => of_source(folder, arguments)?,
        None => of_workspace(arguments)?,
    };
    let since = match &arguments.since {
        Some(revision) => Since::Revision(revision.clone()),
        None if arguments.all => Since::Nothing,
        None => Since::MainBranch,
    };
    let report = lint(&LintRequest { folders, engines, since, fix: arguments.fix }).await?;
    if arguments.format.json {
        output::json(&report)?;
    } else {
        report.fixed.iter().for_each(|fixed| output::data(&fixed.to_string()));
        report.findings.iter().for_each(|finding| output::data(&format!("{finding}\n")));
    }
    summary(&report);
    if report.is_good(arguments.deny_warnings) { Ok(()) } else { Err(Failure::told()) }
}

fn of_workspace(arguments: &LintArguments) -> Result<(Vec<LintFolder>, Vec<Engine>), Failure> {
    let catalog = catalog()?;
    let root = Inputs::of_process(Scope::Workspace).root.unwrap_or_default();
    let plan = catalog.plan(&arguments.databases.databases)?;
    let folders = plan.databases.iter().map(|database| LintFolder::of_catalog(&catalog, database, &root));
    Ok((folders.collect(), arguments.engine.map_or_else(|| Engine::ALL.to_vec(), |engine| vec![engine])))
}

fn of_source(folder: &std::path::Path, arguments: &LintArguments) -> Result<(Vec<LintFolder>, Vec<Engine>), Failure> {
    let folder = LintFolder::of_source(folder, arguments.layout.as_deref())?;
    let engines = arguments.engine.map_or_else(|| folder.engines(), |engine| vec![engine]);
    if engines.is_empty() {
        let message = "the folder does not say which engine it is for";
        return Err(Failure::user(message, "add --engine postgres or --engine sqlite"));
    }
    Ok((vec![folder], engines))
}

fn summary(report: &Report) {
    report.baselines.iter().for_each(|baseline| output::say(baseline));
    let counted = |number: usize, noun: &str| output::count(u64::try_from(number).unwrap_or(u64::MAX), noun);
    let (files, statements) = (counted(report.files, "file"), counted(report.statements, "statement"));
    let mut parts = vec![
        counted(report.count(Level::Error), "error"),
        counted(report.count(Level::Warning), "warning"),
        format!("{} to know", report.count(Level::Info)),
    ];
    if report.ignored > 0 {
        parts.push(format!("{} ignored with a reason", report.ignored));
    }
    if !report.fixed.is_empty() {
        parts.push(format!("{} mended", report.fixed.len()));
    }
    let text = format!("{files}, {statements}: {}", parts.join(", "));
    if report.findings.is_empty() {
        output::good(&text);
    } else {
        output::say(&text);
    }
    if report.findings.iter().any(|finding| finding.fixable) {
        output::say("`--fix` mends some of it");
    }
}

impl From<LintError> for Failure {
    fn from(error: LintError) -> Self {
        let code = if error.is_unexpected() { 2 } else { 1 };
        Self { message: error.to_string(), hint: Some(error.hint()), code, told: false }
    }
}
