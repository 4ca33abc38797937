//! `cargo xtask db repair`.

use atriz_db::migrate::{Finding, Offer, Repair, StatementProgress};
use atriz_db::{Fleet, RepairReport};
use clap::{ArgGroup, Args};

use super::consent::ConsentArguments;
use super::source::SourceArguments;
use super::{Format, Patience};
use crate::error::Failure;
use crate::output;

/// What to look at, and which way out to take.
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("way").args(["resume", "mark_applied", "revert", "accept"]).requires("version"),
    after_help = "Examples:\n  cargo xtask db repair mextrack\n  cargo xtask db repair mextrack 20260401120000 --resume\n  \
                  cargo xtask db repair core 20260101000300 --accept \"a comment became a COMMENT ON\"\n  \
                  cargo xtask db repair shop --source ../shop/migrations --url postgres://localhost/shop"
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct RepairArguments {
    /// The database; all when none is named. With --source, its name as messages say it
    #[arg(value_name = "DB")]
    database: Option<String>,
    /// The migration to mend
    #[arg(value_name = "VERSION", requires = "way")]
    version: Option<String>,
    /// Go on where it broke off
    #[arg(long)]
    resume: bool,
    /// With --resume: the statement in doubt ran, go on behind it
    #[arg(long, requires = "resume")]
    ran: bool,
    /// Say that it is applied, and run nothing
    #[arg(long)]
    mark_applied: bool,
    /// Run the way back of a migration that broke off
    #[arg(long)]
    revert: bool,
    /// Accept the changed file of an applied migration, for this reason
    #[arg(long, value_name = "WHY")]
    accept: Option<String>,
    #[command(flatten)]
    consent: ConsentArguments,
    /// In production: the database's name
    #[arg(long, value_name = "DB")]
    confirm: Option<String>,
    #[command(flatten)]
    source: SourceArguments,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &RepairArguments) -> Result<(), Failure> {
    let workspace = arguments.source.load(arguments.patience.options())?;
    match (&arguments.database, &arguments.version, way(arguments)?) {
        (Some(database), Some(version), Some(repair)) => {
            let mut consent = arguments.consent.consent();
            consent.confirm.clone_from(&arguments.confirm);
            let done = workspace.fleet.repair(database, version, &repair, &consent, &workspace.context).await;
            workspace.shown.clear();
            done.map_err(|error| Failure::of(&workspace.fleet, database, &error))?;
            output::good(&format!("{database}: {version} is mended"));
            Ok(())
        }
        (database, ..) => {
            let names: Vec<String> = database.iter().cloned().collect();
            let plan = workspace.fleet.catalog.plan(&names)?;
            let reports = workspace.fleet.findings(&plan, &workspace.context).await;
            let reports = reports.map_err(|error| Failure::of_one(&workspace.fleet, &error))?;
            if arguments.format.json {
                return output::json(&reports);
            }
            for report in &reports {
                print(&workspace.fleet, report);
            }
            Ok(())
        }
    }
}

fn way(arguments: &RepairArguments) -> Result<Option<Repair>, Failure> {
    Ok(match &arguments.accept {
        Some(reason) if reason.trim().is_empty() => {
            return Err(Failure::user("`--accept` needs a reason", "say why the change does not matter"));
        }
        Some(reason) => Some(Repair::Accept { reason: reason.clone() }),
        None if arguments.resume => Some(Repair::Resume { ran: arguments.ran }),
        None if arguments.mark_applied => Some(Repair::MarkApplied),
        None if arguments.revert => Some(Repair::Revert),
        None => None,
    })
}

fn print(fleet: &Fleet, report: &RepairReport) {
    if let Some(holder) = &report.worked_on_by {
        output::say(&format!(
            "{}: {holder} is at work on it: what stands in the middle is on its way",
            report.database
        ));
    }
    let is_on_its_way = |finding: &&Finding| report.worked_on_by.is_some() && finding.in_the_middle;
    let (on_their_way, wrong): (Vec<&Finding>, Vec<_>) = report.findings.iter().partition(is_on_its_way);
    for finding in on_their_way {
        let version = finding.version.as_deref().unwrap_or_default();
        output::data(&format!("{:<9} {version} is on its way", report.database));
        print_statements(finding);
    }
    if wrong.is_empty() {
        output::data(&format!("{:<9} nothing to repair", report.database));
    }
    for finding in wrong {
        print_finding(fleet, &report.database, finding);
    }
}

fn print_finding(fleet: &Fleet, database: &str, finding: &Finding) {
    let of = finding.version.as_ref().map(|version| format!("{version} ")).unwrap_or_default();
    output::data(&format!("{database:<9} {of}{}", finding.what));
    print_statements(finding);
    for offer in &finding.offers {
        print_offer(fleet, database, offer);
    }
}

fn print_statements(finding: &Finding) {
    for statement in &finding.statements {
        let mark = match statement.progress {
            StatementProgress::Ran => "✓",
            StatementProgress::Edited | StatementProgress::Undecided => "?",
            StatementProgress::Open => " ",
        };
        let (number, word) = (statement.number, statement.progress.word());
        output::data(&format!("  {mark} {number} (line {}, {word}): {}", statement.line, one_line(&statement.sql)));
    }
}

fn print_offer(fleet: &Fleet, database: &str, offer: &Offer) {
    let command = offer.arguments.as_ref().map(|arguments| {
        format!(": cargo xtask db {}", fleet.command(database, &format!("repair {database} {arguments}")))
    });
    output::data(&format!("  - {}{}", offer.what, command.unwrap_or_default()));
    for sql in &offer.sql {
        output::data(&format!("      {};", sql.replace('\n', "\n      ")));
    }
}

fn one_line(sql: &str) -> String {
    let line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
