//! `cargo xtask up`: prepare all databases, then serve all apps in this process.

mod try_out;

use std::net::SocketAddr;
use std::time::Instant;

use atriz_app::{App, AppError, Bound, LogFormat, Pools, Serving, init_tracing, shutdown_signal};
use atriz_core::{DEMO_PASSWORD, DEMO_USERS};
use atriz_db::{Environment, MigrateReport, PrepareReport};
use atriz_kernel::SystemClock;
use clap::Args;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::db::{Format, migrate, seed};
use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace, apps};

/// How to prepare and serve.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask up\n  cargo xtask up mextrack pshop\n  cargo xtask up --check")]
pub(crate) struct UpArguments {
    /// The apps to serve; all of them when nothing is said
    #[arg(value_name = "APP")]
    apps: Vec<String>,
    /// Prepare, serve, call each app once as a user would, print what came back, and end
    #[arg(long, conflicts_with = "apps")]
    check: bool,
}

pub(crate) async fn run(arguments: &UpArguments) -> Result<(), Failure> {
    let (started, chosen) = (Instant::now(), choose(&arguments.apps)?);
    let workspace = Workspace::load(RunOptions::default())?;
    if workspace.fleet.configuration.environment == Environment::Production {
        return Err(Failure::user(
            "`up` is for development and tests: it makes databases and loads demo rows",
            "in production run `X-api migrate`, then `X-api`",
        ));
    }
    start_log(&workspace)?;
    let mut bound = Vec::new();
    for app in &chosen {
        bound.push(Bound::bind(app, &workspace.fleet.configuration).await.map_err(|error| failure(app, &error))?);
    }
    let plan = workspace.fleet.catalog.plan(&[])?;
    let report = tokio::select! {
        report = workspace.fleet.prepare(&plan, &workspace.context) => report,
        _ = tokio::signal::ctrl_c() => return Err(Failure::interrupted()),
    };
    workspace.shown.clear();
    tell(&report?)?;
    let pools = Pools::open(&workspace.fleet, &plan).await?;
    let serving = open(&workspace, &chosen, bound, &pools).await?;
    let (stop, shutdown) = watch::channel(false);
    let served: Vec<_> = chosen.into_iter().zip(serving.iter().map(Serving::address)).collect();
    let mut tasks = JoinSet::new();
    for one in serving {
        let mut shutdown = shutdown.clone();
        tasks.spawn(one.serve(async move {
            // A sender that is gone means the same as its word.
            let _ = shutdown.wait_for(|stop| *stop).await;
        }));
    }
    output::good(&format!("answering after {:.1} s", started.elapsed().as_secs_f64()));
    let tried = if arguments.check {
        try_out::run(&served).await
    } else {
        welcome(&served);
        shutdown_signal().await;
        output::say("stopping: requests in flight are finished first");
        Ok(())
    };
    // The tasks hold receivers until they end, so somebody hears it.
    let _ = stop.send(true);
    while tasks.join_next().await.is_some() {}
    pools.close().await;
    tried
}

fn start_log(workspace: &Workspace) -> Result<(), Failure> {
    let settings = workspace.fleet.configuration.apps.values().next();
    let filter = settings.map_or("warn", |settings| settings.log_filter.as_str());
    // The apps' own lines start and end with each request; a developer asked for `info` by default gets warnings here.
    let filter = if filter == "info" { "warn" } else { filter };
    init_tracing(LogFormat::Text, filter).map_err(|error| Failure::user(error.to_string(), error.hint()))
}

fn failure(app: &App, error: &AppError) -> Failure {
    let code = if error.is_unexpected() { 2 } else { 1 };
    let hint = match error {
        AppError::Bind(_) => {
            format!("end what listens there, or set `{}_PORT` to another port", app.name.to_uppercase())
        }
        other => other.hint(app.package),
    };
    Failure { message: error.to_string(), hint: Some(hint), code, told: false }
}

/// The apps of these names, in the order of the workspace.
fn choose(names: &[String]) -> Result<Vec<App>, Failure> {
    let all = apps();
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|app| app.name == name.as_str())) {
        let known: Vec<_> = all.iter().map(|app| app.name).collect();
        return Err(Failure::user(format!("there is no app `{unknown}`"), format!("there are {}", known.join(", "))));
    }
    Ok(all.into_iter().filter(|app| names.is_empty() || names.iter().any(|name| name == app.name)).collect())
}

async fn open(
    workspace: &Workspace,
    chosen: &[App],
    bound: Vec<Bound>,
    pools: &Pools,
) -> Result<Vec<Serving>, Failure> {
    let mut serving = Vec::new();
    for (app, bound) in chosen.iter().zip(bound) {
        let clock = std::sync::Arc::new(SystemClock);
        let opened = bound.open(&workspace.fleet, pools, clock).await;
        serving.push(opened.map_err(|error| failure(app, &error))?);
    }
    Ok(serving)
}

/// What was made, or that everything was there.
fn tell(report: &PrepareReport) -> Result<(), Failure> {
    if report.changed_nothing() {
        output::good("all databases are up to date: nothing changed");
        return Ok(());
    }
    for created in &report.created {
        output::say(&format!("{:<9} {}", created.database, created.place));
    }
    let migrated = report.migrated.iter().any(|one| !one.applied.is_empty());
    if migrated || !report.migrated.iter().all(MigrateReport::is_done) {
        migrate::print(&report.migrated, Format { json: false })?;
    }
    report.seeded.iter().for_each(seed::print);
    Ok(())
}

/// How to ask for what is not for everybody.
fn sign_in(address: SocketAddr, path: &str, user: &str) {
    let body = format!(r#"{{"email":"{user}","password":"{DEMO_PASSWORD}"}}"#);
    output::data(&format!(
        r#"  TOKEN=$(curl -s http://{address}/auth/sign-in --json '{body}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"#
    ));
    output::data(&format!(r#"  curl -H "Authorization: Bearer $TOKEN" 'http://{address}{path}'"#));
}

/// Where to look, and how to sign in.
fn welcome(served: &[(App, SocketAddr)]) {
    for (app, address) in served {
        output::data(&format!("{:<9} http://{address}  {}", app.name, app.description));
    }
    output::data("\nTry:");
    for (app, address) in served {
        match try_out::first_path(app.name) {
            Some((path, None)) => output::data(&format!("  curl 'http://{address}{path}'")),
            Some((path, Some(user))) => sign_in(*address, path, user),
            None => {}
        }
    }
    if let Some((_, address)) = served.first() {
        output::data(&format!("  http://{address}/docs shows every route"));
    }
    output::data(&format!("\nDemo users, all with the password `{DEMO_PASSWORD}` (docs/sign-in.md):"));
    for user in DEMO_USERS {
        output::data(&format!("  {:<26} {}", user.email, user.role));
    }
    output::data("\nCtrl-C stops all of them.");
}
