//! `cargo xtask db`: one file per verb.

mod adopt;
mod check;
mod clean;
mod consent;
mod create;
mod docs;
mod drop;
mod generate;
mod identity;
mod lint;
pub(crate) mod migrate;
mod new;
mod plan;
mod repair;
mod reset;
mod rollback;
pub(crate) mod seed;
mod shell;
pub(crate) mod source;
mod squash;
mod status;
mod verify;

use std::time::Duration;

use clap::{Args, Subcommand};

use crate::error::Failure;
use crate::workspace::RunOptions;

/// A verb over databases.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  cargo xtask db create\n  cargo xtask db migrate core\n  cargo xtask db clean mextrack"
)]
pub(crate) struct DbArguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make databases that are missing; on PostgreSQL also their roles and rights
    Create(create::CreateArguments),
    /// Drop databases, last in dependency order first
    Drop(drop::DropArguments),
    /// Show what is pending, what it locks, and who would wait
    Plan(plan::PlanArguments),
    /// Apply pending migrations
    Migrate(migrate::MigrateArguments),
    /// Take migrations of one database back, newest application first
    Rollback(rollback::RollbackArguments),
    /// Show what is applied and what is pending
    Status(status::StatusArguments),
    /// Prove migrations: there and back, a crash after each statement, run twice
    Verify(verify::VerifyArguments),
    /// Read migrations for what would hurt: locks, lost data, edited history
    Lint(lint::LintArguments),
    /// Hold the folders of both engines and the entities against each other, and against the rules
    Check(check::CheckArguments),
    /// Write a page per database, with a diagram, under docs/schema
    Docs(docs::DocsArguments),
    /// Load reference and demo rows, or take them back
    Seed(seed::SeedArguments),
    /// Show what is wrong with migrations, and take a way out
    Repair(repair::RepairArguments),
    /// Empty tables; structure, history and mark stay
    Clean(clean::CleanArguments),
    /// Clean, then migrate and seed
    Reset(reset::ResetArguments),
    /// Write the empty twin files of a new migration or seed
    New(new::NewArguments),
    /// Write migrations of both engines from what the entities want, proved
    Generate(generate::GenerateArguments),
    /// Put one checkpoint in the place of many migrations, proved
    Squash(squash::SquashArguments),
    /// Take over the migrations, and the history, of another tool
    Adopt(adopt::AdoptArguments),
    /// Show or change which database and environment a database says it is
    Identity(identity::IdentityArguments),
    /// Open psql or sqlite3 on a database
    Shell(shell::ShellArguments),
}

/// The databases a verb is about.
#[derive(Args, Clone, Debug)]
pub(crate) struct Databases {
    /// Databases; all when none is named
    #[arg(value_name = "DB")]
    pub(crate) databases: Vec<String>,
}

/// What every verb that reports can do.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Format {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// What every verb that takes a database's lock can do.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// How long to wait for another process
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    lock_wait: Option<Duration>,
}

impl Patience {
    /// A run that waits so long.
    pub(crate) fn options(self) -> RunOptions {
        RunOptions { lock_wait: self.lock_wait, ..RunOptions::default() }
    }
}

/// Reads `30s`, `5m` or a number of seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let (number, unit) = match text.find(|character: char| !character.is_ascii_digit()) {
        Some(at) => text.split_at(at),
        None => (text, "s"),
    };
    let number: u64 = number.parse().map_err(|_| "a duration is a number and s, m or h, such as 30s".to_owned())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number * 60)),
        "h" => Ok(Duration::from_secs(number * 3_600)),
        _ => Err("the unit of a duration is ms, s, m or h".to_owned()),
    }
}

/// Runs a verb.
pub(crate) async fn run(arguments: DbArguments) -> Result<(), Failure> {
    match arguments.verb {
        Verb::Create(arguments) => create::run(&arguments).await,
        Verb::Drop(arguments) => drop::run(&arguments).await,
        Verb::Plan(arguments) => plan::run(&arguments).await,
        Verb::Migrate(arguments) => migrate::run(&arguments).await,
        Verb::Rollback(arguments) => rollback::run(&arguments).await,
        Verb::Status(arguments) => status::run(&arguments).await,
        Verb::Verify(arguments) => verify::run(&arguments).await,
        Verb::Lint(arguments) => Box::pin(lint::run(&arguments)).await,
        Verb::Check(arguments) => Box::pin(check::run(&arguments)).await,
        Verb::Docs(arguments) => Box::pin(docs::run(&arguments)).await,
        Verb::Seed(arguments) => seed::run(&arguments).await,
        Verb::Repair(arguments) => repair::run(&arguments).await,
        Verb::Clean(arguments) => clean::run(&arguments).await,
        Verb::Reset(arguments) => reset::run(&arguments).await,
        Verb::New(arguments) => new::run(&arguments),
        Verb::Generate(arguments) => Box::pin(generate::run(&arguments)).await,
        Verb::Squash(arguments) => Box::pin(squash::run(&arguments)).await,
        Verb::Adopt(arguments) => Box::pin(adopt::run(&arguments)).await,
        Verb::Identity(arguments) => identity::run(&arguments).await,
        Verb::Shell(arguments) => shell::run(&arguments),
    }
}
