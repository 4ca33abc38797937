//! `cargo xtask test`: one throwaway PostgreSQL for the whole run, and, where asked for, every route of every app.

use std::process::Command;

use atriz_db_tools::cluster;
use clap::{Args, ValueEnum};

use crate::error::Failure;
use crate::routes::{self, Extent};
use crate::workspace;

/// What to test.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cargo xtask test\n  cargo xtask test --engine sqlite\n  cargo xtask test --deep\n  cargo xtask test -- migrate::"
)]
pub(crate) struct TestArguments {
    /// Only tests on this engine; both when nothing is said
    #[arg(long)]
    engine: Option<EngineChoice>,
    /// Also measure whether the time of an answer tells who has an account, crash every generated migration on PostgreSQL
    /// too, and let schemathesis ask every route of every app, signed out and as each role; it is installed below `target`
    #[arg(long)]
    deep: bool,
    /// Ask the routes alone, as a few roles
    #[arg(long, conflicts_with_all = ["deep", "engine"])]
    routes: bool,
    /// Install what asks the routes, and end
    #[arg(long, conflicts_with_all = ["deep", "engine", "routes"])]
    install: bool,
    /// About how many requests each operation is sent
    #[arg(long, value_name = "COUNT", default_value_t = 60)]
    examples: u32,
    /// Arguments for the test binaries, such as a name to filter by
    #[arg(last = true)]
    rest: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EngineChoice {
    /// PostgreSQL
    Postgres,
    /// SQLite
    Sqlite,
}

impl EngineChoice {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        }
    }
}

pub(crate) async fn run(arguments: &TestArguments) -> Result<(), Failure> {
    if arguments.install {
        return routes::install();
    }
    if !arguments.routes {
        suites(arguments)?;
    }
    if arguments.deep || arguments.routes {
        let extent = Extent { examples: arguments.examples, every_role: arguments.deep };
        routes::run(extent).await?;
    }
    Ok(())
}

fn suites(arguments: &TestArguments) -> Result<(), Failure> {
    let mut command = workspace::cargo();
    command.args(["test", "--workspace", "--quiet"]);
    let mut server = None;
    if !matches!(arguments.engine, Some(EngineChoice::Sqlite)) {
        // It ends with this process, however that ends.
        let url = cluster::test_server_url().map_err(|error| Failure::user(error.to_string(), HINT))?;
        command.env("TEST_POSTGRES_URL", &url);
        server = Some(url);
    }
    if matches!(arguments.engine, Some(EngineChoice::Sqlite)) {
        // Its tests are of the throwaway PostgreSQL itself.
        command.args(["--exclude", "atriz-db-tools"]);
    }
    if arguments.deep {
        command.env("TEST_SOAK_SECONDS", "90").env("TEST_DEEP", "1");
    }
    if let Some(engine) = arguments.engine {
        command.env("TEST_ENGINE", engine.name());
    }
    command.arg("--").args(&arguments.rest);
    finish(&mut command)?;
    if arguments.deep { timing(arguments.engine, server.as_deref()) } else { Ok(()) }
}

/// Measures whether the time of an answer tells who has an account, one engine after the other and nothing beside it. Its
/// numbers are printed.
fn timing(engine: Option<EngineChoice>, server: Option<&str>) -> Result<(), Failure> {
    let mut command = workspace::cargo();
    command.args(["test", "--quiet", "--package", "atriz-core", "--test", "it", "--", "timing::"]);
    command.args(["--ignored", "--nocapture", "--test-threads", "1"]);
    if let Some(url) = server {
        command.env("TEST_POSTGRES_URL", url);
    }
    if let Some(engine) = engine {
        command.env("TEST_ENGINE", engine.name());
    }
    finish(&mut command)
}

fn finish(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| Failure::unexpected(format!("cargo cannot be started: {error}")))?;
    if status.success() { Ok(()) } else { Err(Failure::told()) }
}

const HINT: &str = "`cargo xtask test --engine sqlite` needs no server";
