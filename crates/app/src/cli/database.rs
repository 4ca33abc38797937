//! The verbs that work on the app's databases.

use std::sync::atomic::Ordering;

use atriz_db::catalog::SeedSet;
use atriz_db::migrate::{Limit, RunContext, Standing};
use atriz_db::{
    Consent, DatabaseStatus, Engine, Fleet, MigrateReport, MigrateRequest, PendingMigration, Phase, Plan, SeedReportOf,
    SeedRequest,
};

use super::arguments::{DownOptions, MigrateOptions, SeedOptions, StatusOptions};
use super::{context, print};
use crate::app::App;
use crate::error::AppError;
use crate::terminal::{ask, is_interactive};

/// `X-api migrate`.
pub(super) async fn migrate(app: &App, fleet: &Fleet, options: &MigrateOptions) -> Result<(), AppError> {
    let plan = plan(app, fleet)?;
    let context = context(fleet);
    let request = MigrateRequest { plan, limit: Limit::All };
    if options.dry_run {
        let pending = fleet.pending(&request, &context).await?;
        if options.json {
            print::json(&pending);
        } else {
            print::answer(&lines_or(pending.iter().map(would_run), "nothing is pending"));
        }
        return Ok(());
    }
    make_files(fleet, &request.plan, &context).await?;
    stop_when_interrupted(&context);
    let reports = fleet.migrate(&request, &context).await?;
    if options.json {
        print::json(&reports);
    } else {
        print::answer(&lines_or(reports.iter().map(migrated), "no database"));
    }
    finished(&reports)
}

/// A migration with its statements, as they would run.
fn would_run(pending: &PendingMigration) -> String {
    let head = format!("-- {}: {} ({})", pending.database, pending.version, pending.grouping);
    let statements =
        pending.statements.iter().map(|statement| format!("{};", statement.trim_end().trim_end_matches(';')));
    std::iter::once(head).chain(statements).collect::<Vec<_>>().join("\n")
}

/// A SQLite file is made by whoever needs it; a database on a server is made by an administrator.
async fn make_files(fleet: &Fleet, plan: &Plan, context: &RunContext) -> Result<(), AppError> {
    let is_file = |name: &str| fleet.configuration.target(name).is_ok_and(|target| target.engine() == Engine::Sqlite);
    let databases = plan.databases.iter().filter(|database| is_file(&database.name)).cloned().collect();
    fleet.create(&Plan { databases }, context).await?;
    Ok(())
}

/// Ctrl-C lets the migration that runs finish and starts no other; a second one ends the program at once.
fn stop_when_interrupted(context: &RunContext) {
    let stop = context.stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.store(true, Ordering::SeqCst);
            print::narrate("stopping after the migration that runs; once more ends at once");
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(1);
        }
    });
}

fn migrated(report: &MigrateReport) -> String {
    let how = match &report.phase {
        Phase::Current => "was up to date".to_owned(),
        Phase::Done => "is up to date".to_owned(),
        Phase::Stopped => "stopped early".to_owned(),
        Phase::Failed { .. } => "failed".to_owned(),
        Phase::NotStarted => "was not begun".to_owned(),
    };
    format!("{}: {how}, {} applied", report.database, report.applied.len())
}

/// The first failure, or else the first database that was left behind.
pub(super) fn finished(reports: &[MigrateReport]) -> Result<(), AppError> {
    let failed = reports.iter().find_map(|report| match &report.phase {
        Phase::Failed { error, hint } => {
            Some(AppError::Unfinished { message: format!("{}: {error}", report.database), hint: hint.clone() })
        }
        _ => None,
    });
    let left = reports.iter().find(|report| !report.is_done()).map(|report| AppError::Unfinished {
        message: format!("{}: not everything that is pending was applied", report.database),
        hint: "run the same command again; it goes on where it stopped".to_owned(),
    });
    failed.or(left).map_or(Ok(()), Err)
}

/// `X-api seed`.
pub(super) async fn seed(app: &App, fleet: &Fleet, options: &SeedOptions) -> Result<(), AppError> {
    let sets = match (options.reference, options.demo) {
        (true, _) => vec![SeedSet::Reference],
        (_, true) => vec![SeedSet::Demo],
        _ => Vec::new(),
    };
    let request = SeedRequest { plan: plan(app, fleet)?, sets, skip_known: !options.again };
    let reports = fleet.seed(&request, &context(fleet)).await?;
    if options.json {
        print::json(&reports);
    } else {
        print::answer(&lines_or(reports.iter().map(seeded), "no database"));
    }
    Ok(())
}

fn seeded(report: &SeedReportOf) -> String {
    let total = report.total;
    let (new, changed, same) = (total.inserted, total.changed, total.unchanged);
    format!("{}: {new} rows new, {changed} changed, {same} as they were", report.database)
}

/// `X-api status`.
pub(super) async fn status(app: &App, fleet: &Fleet, options: &StatusOptions) -> Result<(), AppError> {
    let report = fleet.status(&plan(app, fleet)?, &context(fleet)).await?;
    if options.json {
        print::json(&report);
    } else {
        print::answer(&lines_or(report.iter().map(described), "no database"));
    }
    let current = report.iter().all(DatabaseStatus::is_current);
    let unreachable = report.iter().any(|status| status.unreachable);
    if unreachable || (options.check && !current) { Err(AppError::NotCurrent { package: app.package }) } else { Ok(()) }
}

fn described(status: &DatabaseStatus) -> String {
    let counts = format!("{} applied, {} pending", status.applied, status.pending);
    let state = status.error.clone().unwrap_or(counts);
    let mut lines = vec![format!("{} ({}, {}): {state}", status.database, status.engine.title(), status.place)];
    lines.extend(status.hint.as_ref().map(|hint| format!("  hint: {hint}")));
    for migration in &status.migrations {
        if matches!(migration.standing, Standing::Applied | Standing::Foreign) {
            continue;
        }
        lines.push(format!("  {}: {}", migration.version, migration.standing.words()));
    }
    lines.join("\n")
}

/// `X-api down`.
pub(super) async fn down(app: &App, fleet: &Fleet, options: DownOptions) -> Result<(), AppError> {
    let ask = is_interactive().then_some(ask as fn(&str) -> bool);
    let consent = Consent { yes: options.yes, confirm: options.confirm, ask };
    let report = fleet.rollback(app.name, &Limit::Count(options.count), &consent, &context(fleet)).await?;
    if options.json {
        print::json(&report);
    } else {
        let line = |version: &String| format!("{}: {version} taken back", report.database);
        print::answer(&lines_or(report.reverted.iter().map(line), "nothing is applied"));
    }
    match report.phase {
        Phase::Failed { error, hint } => {
            Err(AppError::Unfinished { message: format!("{}: {error}", report.database), hint })
        }
        Phase::Stopped => Err(AppError::Unfinished {
            message: format!("{}: stopped before everything was taken back", report.database),
            hint: "run the same command again; it goes on where it stopped".to_owned(),
        }),
        Phase::Current | Phase::Done | Phase::NotStarted => Ok(()),
    }
}

fn plan(app: &App, fleet: &Fleet) -> Result<Plan, AppError> {
    Ok(app.plan(&fleet.catalog).map_err(atriz_db::Error::from)?)
}

fn lines_or(lines: impl Iterator<Item = String>, nothing: &str) -> String {
    let lines: Vec<_> = lines.collect();
    if lines.is_empty() { nothing.to_owned() } else { lines.join("\n") }
}
