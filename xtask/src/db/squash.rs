//! `cargo xtask db squash`.

use std::sync::Arc;

use atriz_db::DestructiveToken;
use atriz_db_tools::squash::{self, SquashError, SquashRequest, Squashed};
use atriz_kernel::{Clock as _, SystemClock};
use clap::Args;
use serde::Serialize;

use super::Format;
use super::consent::ConsentArguments;
use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace};

/// What to squash.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db squash pshop --to 20260101000900 --dry-run\n  \
                        cargo xtask db squash pshop --to 20260101000900")]
pub(crate) struct SquashArguments {
    /// The database
    #[arg(value_name = "DB")]
    database: String,
    /// The last migration to squash; its number is enough
    #[arg(long, value_name = "VERSION")]
    to: String,
    /// Make and prove the checkpoint, print it, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    consent: ConsentArguments,
    #[command(flatten)]
    format: Format,
}

/// What came out.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    squashed: &'a Squashed,
    /// Whether the folder was changed.
    changed: bool,
}

impl From<SquashError> for Failure {
    fn from(error: SquashError) -> Self {
        let code = if error.is_unexpected() { 2 } else { 1 };
        Self { message: error.to_string(), hint: Some(error.hint()), code, told: false }
    }
}

pub(crate) async fn run(arguments: &SquashArguments) -> Result<(), Failure> {
    let workspace = Workspace::load(RunOptions::default())?;
    let database = Arc::clone(workspace.fleet.catalog.get(&arguments.database)?);
    let root = workspace.fleet.configuration.root.clone().unwrap_or_default();
    let folder = root.join("migrations").join(&database.name);
    let versions = squash::versions(&database, &arguments.to)?;
    let unread = squash::check_standing(&workspace.fleet, &database.name, &versions, &workspace.context).await?;
    if let Some(error) = unread {
        output::say(&format!("whether the configured {} is behind is not known: {error}", database.name));
    }
    // Asked first: a proof takes its time, and who does not agree to its end need not wait for it.
    let token = if arguments.dry_run { None } else { Some(agreed(arguments, &versions)?) };
    let request = SquashRequest {
        database,
        folder,
        to: arguments.to.clone(),
        server: None,
        now: SystemClock.now(),
        observer: Arc::clone(&workspace.shown) as Arc<_>,
    };
    let squashed = squash::squash(request).await;
    workspace.shown.clear();
    let squashed = squashed?;
    say_proofs(&squashed);
    if let Some(token) = token {
        squashed.apply(&token)?;
    }
    print(&squashed, arguments)
}

/// Consent to remove the files of these versions: four each, a way there and a way back on both engines.
fn agreed(arguments: &SquashArguments, versions: &[String]) -> Result<DestructiveToken, Failure> {
    let shown = format!("migrations/{}", arguments.database);
    let token = DestructiveToken::for_files("squash", &shown, versions.len() * 4, &arguments.consent.consent());
    Ok(token.map_err(atriz_db::Error::from)?)
}

fn say_proofs(squashed: &Squashed) {
    for proof in &squashed.proofs {
        let statements = output::count(proof.statements as u64, "statement");
        let (rows, crashes) = (output::count(proof.rows as u64, "row"), proof.crashes);
        output::good(&format!(
            "{} {}: {statements}, {rows}: same schema, same rows; there and back, run twice, a crash behind each of \
             {crashes} statements; databases that ran what it replaces carry on",
            squashed.database, proof.engine
        ));
    }
}

fn print(squashed: &Squashed, arguments: &SquashArguments) -> Result<(), Failure> {
    let changed = !arguments.dry_run;
    if arguments.format.json {
        return output::json(&Report { squashed, changed });
    }
    for file in &squashed.files {
        output::data(&format!("migrations/{}/{}", squashed.database, file.path));
        if !changed {
            output::data(&file.text);
        }
    }
    let (count, files) = (squashed.replaces.len(), squashed.removed.len());
    let (count, files) = (output::count(count as u64, "migration"), output::count(files as u64, "file"));
    if !changed {
        output::say(&format!("nothing was changed; {} would replace {count} in {files}", squashed.checkpoint));
        return Ok(());
    }
    output::say(&format!("{} replaces {count}; {files} removed", squashed.checkpoint));
    output::say(&format!(
        "\nnext: commit it, and say in the release that databases must have run {} before",
        squashed.replaces.last().map_or("", String::as_str)
    ));
    Ok(())
}
