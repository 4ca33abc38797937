//! A fleet over generated migrations, in a process of its own: what `cargo xtask db` is to the databases of this
//! workspace, for as many databases and migrations as a benchmark asks for.
//!
//! `atriz-bench-fleet VERB ROOT SUFFIX [DB…]`: every folder below `ROOT/migrations` is a database, independent of the
//! others, whose name on the server is the folder's with `SUFFIX`. Its seeds stand below `ROOT/seeds`; where the server is
//! is read from the environment as everywhere else.

mod readings;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use atriz_db::config::{Inputs, Scope};
use atriz_db::migrate::{Limit, RunContext};
use atriz_db::progress::Silent;
use atriz_db::{
    Catalog, Configuration, Consent, DatabaseStatus, Descriptor, Engine, FileSet, Fleet, MigrateReport, MigrateRequest,
    Plan, SeedRequest,
};
use atriz_db_tools::check::CheckRequest;
use atriz_kernel::SystemClock;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    // As `xtask` does it, so that starting and ending costs what it costs there.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(Failure::from).and_then(|runtime| {
        let done = runtime.block_on(run());
        runtime.shutdown_background();
        done
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever started this reads what it says; a reader that went away is no error.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(1)
        }
    }
}

async fn run() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(verb), Some(root), Some(suffix)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: atriz-bench-fleet create|migrate|seed|status|check|clean ROOT SUFFIX [DB…]".into());
    };
    let fleet = fleet(&PathBuf::from(root), &suffix.to_string_lossy())?;
    let names: Vec<String> = arguments.map(|name| name.to_string_lossy().into_owned()).collect();
    let plan = fleet.catalog.plan(&names)?;
    let context = RunContext::new(fleet.configuration.environment, Arc::new(SystemClock), Arc::new(Silent));
    match verb.to_str() {
        Some("create") => fleet.create(&plan, &context).await.map(drop).map_err(Failure::from),
        Some("migrate") => migrate(&fleet, plan, &context).await,
        Some("seed") => seed(&fleet, plan, &context).await,
        Some("status") => status(&fleet, &plan, &context).await,
        Some("check") => check(&fleet, plan).await,
        Some("clean") => clean(&fleet, &plan, &context).await,
        _ => Err("the verbs are create, migrate, seed, status, check and clean".into()),
    }
}

/// Holds the folders of both engines against each other. There are no entities, which is found for every table and counted.
async fn check(fleet: &Fleet, plan: Plan) -> Result<(), Failure> {
    let request = CheckRequest {
        databases: plan.databases,
        engines: Engine::ALL.to_vec(),
        server: None,
        configuration: Some(fleet.configuration.clone()),
    };
    let (report, phases) = atriz_db_tools::check::check(&request).await?;
    writeln!(std::io::stderr(), "{phases:?}")?;
    let found: Vec<(String, usize)> =
        report.databases.into_iter().map(|checked| (checked.database, checked.findings.len())).collect();
    tell(found.iter().map(|(database, count)| (database, *count)))
}

async fn clean(fleet: &Fleet, plan: &Plan, context: &RunContext) -> Result<(), Failure> {
    let consent = Consent { yes: true, ..Consent::default() };
    let reports = fleet.clean(plan, false, &consent, context).await?;
    tell(reports.iter().map(|cleaned| (&cleaned.database, cleaned.report.tables.len())))
}

async fn migrate(fleet: &Fleet, plan: Plan, context: &RunContext) -> Result<(), Failure> {
    let reports = fleet.migrate_each(&MigrateRequest { plan, limit: Limit::All }, false, context).await?;
    match reports.iter().find(|report| !report.is_done()) {
        Some(report) => Err(format!("{}: {:?}", report.database, report.phase).into()),
        None => tell(reports.iter().map(|report: &MigrateReport| (&report.database, report.applied.len()))),
    }
}

async fn seed(fleet: &Fleet, plan: Plan, context: &RunContext) -> Result<(), Failure> {
    let reports = fleet.seed(&SeedRequest { plan, sets: Vec::new(), skip_known: false }, context).await?;
    tell(reports.iter().map(|report| (&report.database, usize::try_from(report.total.inserted).unwrap_or(usize::MAX))))
}

async fn status(fleet: &Fleet, plan: &Plan, context: &RunContext) -> Result<(), Failure> {
    let reports = fleet.status(plan, context).await?;
    match reports.iter().find(|report| !report.is_current()) {
        Some(report) => Err(format!("{} is not up to date: {:?}", report.database, report.error).into()),
        None => tell(reports.iter().map(|report: &DatabaseStatus| (&report.database, report.applied))),
    }
}

/// A line per database, as `db status` prints it.
fn tell<'a>(counts: impl Iterator<Item = (&'a String, usize)>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    for (database, count) in counts {
        writeln!(out, "{database} {count}")?;
    }
    Ok(())
}

fn fleet(root: &Path, suffix: &str) -> Result<Fleet, Failure> {
    let mut descriptors = Vec::new();
    for folder in fs::read_dir(root.join("migrations"))? {
        let folder = folder?.path();
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let database = Descriptor::new(&name, &format!("{name}{suffix}"), "bench");
        let database = database.schema("app").migrations(FileSet::folder(folder));
        let database = if name == readings::DATABASE { database.entity::<readings::Entity>() } else { database };
        descriptors.push(database.seeds(FileSet::folder(root.join("seeds").join(&name))));
    }
    descriptors.sort_by(|left, right| left.name.cmp(&right.name));
    let catalog = Catalog::new(descriptors)?;
    let variable = |(name, text): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, text.into_string().ok()?))
    };
    let process: BTreeMap<String, String> = std::env::vars_os().filter_map(variable).collect();
    let inputs = Inputs { scope: Scope::Workspace, root: Some(root.to_path_buf()), in_workspace: false, process };
    let configuration = Configuration::load(&catalog, &inputs)?;
    Ok(Fleet { catalog, configuration })
}
