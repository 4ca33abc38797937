//! `cargo xtask db migrate`.

use atriz_db::migrate::{Limit, OutOfOrder};
use atriz_db::{MigrateReport, MigrateRequest, Phase};
use clap::{Args, ValueEnum};

use super::source::SourceArguments;
use super::{Databases, Format, Patience, plan};
use crate::error::Failure;
use crate::output;
use crate::workspace::RunOptions;

/// What to migrate.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db migrate\n  cargo xtask db migrate core --to 20260101000300\n  \
                        cargo xtask db migrate mextrack --with-dependencies --dry-run\n  \
                        cargo xtask db migrate --source ../shop/migrations --url postgres://localhost/shop")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct MigrateArguments {
    #[command(flatten)]
    databases: Databases,
    /// Stop behind this version
    #[arg(long, value_name = "VERSION")]
    to: Option<String>,
    /// Print what would run and who would wait for it, as `db plan` does, and touch nothing
    #[arg(long)]
    dry_run: bool,
    /// Also migrate the databases that these come after
    #[arg(long)]
    with_dependencies: bool,
    #[command(flatten)]
    patience: Patience,
    /// What to do about a pending migration that is older than an applied one
    #[arg(long, value_name = "POLICY")]
    out_of_order: Option<Policy>,
    /// Let applied versions without a file stand: an app that was rolled back one release
    #[arg(long)]
    ignore_unknown: bool,
    #[command(flatten)]
    source: SourceArguments,
    /// With --url: go on with the other databases after one has failed
    #[arg(long, requires = "source")]
    keep_going: bool,
    #[command(flatten)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Policy {
    /// Stop before anything runs
    Refuse,
    /// Run it, and say so
    Warn,
    /// Run it
    Allow,
}

pub(crate) async fn run(arguments: &MigrateArguments) -> Result<(), Failure> {
    let out_of_order = arguments.out_of_order.map(|policy| match policy {
        Policy::Refuse => OutOfOrder::Refuse,
        Policy::Warn => OutOfOrder::Warn,
        Policy::Allow => OutOfOrder::Allow,
    });
    let options = RunOptions { out_of_order, ignore_unknown: arguments.ignore_unknown, ..arguments.patience.options() };
    let workspace = arguments.source.load(options)?;
    let names = &arguments.databases.databases;
    let catalog = &workspace.fleet.catalog;
    let databases =
        if arguments.with_dependencies { catalog.plan_with_dependencies(names)? } else { catalog.plan(names)? };
    let limit = arguments.to.clone().map_or(Limit::All, Limit::To);
    let request = MigrateRequest { plan: databases, limit };
    if arguments.dry_run {
        return plan::print(&workspace, &request, false, arguments.format).await;
    }
    if arguments.source.is_given() {
        let reports = workspace.fleet.migrate_each(&request, arguments.keep_going, &workspace.context).await;
        workspace.shown.clear();
        return print_each(&reports?, arguments.format);
    }
    let reports = workspace.fleet.migrate(&request, &workspace.context).await;
    workspace.shown.clear();
    print(&reports?, arguments.format)
}

/// Prints how far each database came; a failure is told with the command that goes on.
pub(crate) fn print(reports: &[MigrateReport], format: Format) -> Result<(), Failure> {
    if format.json {
        output::json(&reports)?;
    } else {
        reports.iter().for_each(print_one);
    }
    if reports.iter().all(MigrateReport::is_done) {
        return Ok(());
    }
    let unfinished: Vec<_> =
        reports.iter().filter(|report| !report.is_done()).map(|one| one.database.as_str()).collect();
    let resume = format!("`cargo xtask db migrate {}` goes on from here", unfinished.join(" "));
    let failed = reports.iter().find_map(|report| match &report.phase {
        Phase::Failed { error, hint } => Some((named(&report.database, error), hint)),
        _ => None,
    });
    match failed {
        Some((error, hint)) => Err(Failure::user(error, format!("{hint}\n      {resume}"))),
        None => Err(Failure::user("not every migration ran", resume)),
    }
}

/// Prints how far each database of `--url` came, with the reason beside each that failed.
fn print_each(reports: &[MigrateReport], format: Format) -> Result<(), Failure> {
    if format.json {
        output::json(&reports)?;
    } else {
        for report in reports {
            print_one(report);
            if let Phase::Failed { error, hint } = &report.phase {
                output::say(&format!("{}\nhint: {hint}", named(&report.database, error)));
            }
        }
    }
    let open: Vec<_> = reports.iter().filter(|report| !report.is_done()).map(|one| one.database.as_str()).collect();
    if open.is_empty() {
        return Ok(());
    }
    let named = open.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let more = if open.len() > 5 { format!(" and {} more", open.len() - 5) } else { String::new() };
    let verb = if open.len() == 1 { "is" } else { "are" };
    let message = format!("{named}{more} {verb} not up to date");
    Err(Failure::user(message, "the same command goes on from here, and leaves those that are up to date alone"))
}

/// The error with its database, which some errors name themselves.
fn named(database: &str, error: &str) -> String {
    if error.starts_with(&format!("{database}: ")) { error.to_owned() } else { format!("{database}: {error}") }
}

fn print_one(report: &MigrateReport) {
    let applied = output::count(report.applied.len() as u64, "migration");
    let last = report.applied.last().map(String::as_str).unwrap_or_default();
    let at = if last.is_empty() { String::new() } else { format!(", now at {last}") };
    let what = match &report.phase {
        Phase::Current => "is up to date".to_owned(),
        Phase::Done if report.applied.is_empty() => "is up to date".to_owned(),
        Phase::Done => format!("{applied} applied{at}"),
        Phase::Stopped => format!("stopped after {applied}{at}"),
        Phase::Failed { .. } => format!("failed after {applied}{at}"),
        Phase::NotStarted => "not started".to_owned(),
    };
    output::data(&format!("{:<9} {what}", report.database));
}
