//! `cargo xtask db generate`.

use std::sync::Arc;

use atriz_db::migrate::scaffold;
use atriz_db_tools::generate::{self, GenerateError, GenerateRequest, Generated, Keep};
use atriz_db_tools::logical::from_entities;
use atriz_kernel::{Clock as _, SystemClock};
use clap::Args;
use serde::Serialize;

use super::Format;
use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace};

/// What to generate.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db generate pshop add_products_weight\n  \
                        cargo xtask db generate pshop add_products_weight --dry-run")]
pub(crate) struct GenerateArguments {
    /// The database
    #[arg(value_name = "DB")]
    database: String,
    /// What the migration does, such as `add_products_weight`
    #[arg(value_name = "NAME")]
    name: String,
    /// Prove and print the files, and write none
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    format: Format,
}

/// What came out.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    generated: &'a Generated,
    /// Whether the files were written.
    written: bool,
}

impl From<GenerateError> for Failure {
    fn from(error: GenerateError) -> Self {
        let code = if error.is_unexpected() { 2 } else { 1 };
        Self { message: error.to_string(), hint: Some(error.hint()), code, told: false }
    }
}

pub(crate) async fn run(arguments: &GenerateArguments) -> Result<(), Failure> {
    if !scaffold::is_name(&arguments.name) {
        return Err(Failure::user(
            format!("`{}` is not a name for a file", arguments.name),
            "use lower-case words joined by `_`, such as add_products_weight",
        ));
    }
    let workspace = Workspace::load(RunOptions::default())?;
    let database = Arc::clone(workspace.fleet.catalog.get(&arguments.database)?);
    let root = workspace.fleet.configuration.root.clone().unwrap_or_default();
    let folder = root.join("migrations").join(&database.name);
    let generated = generate::generate(GenerateRequest {
        wanted: from_entities(&database).map_err(GenerateError::from)?,
        keep: Keep::declared(&database.migrations)?,
        folder,
        name: arguments.name.clone(),
        server: None,
        now: SystemClock.now(),
        database,
    })
    .await?;
    let written = !arguments.dry_run && !generated.files.is_empty();
    if written {
        generated.write()?;
    }
    tell(&generated);
    if arguments.format.json {
        output::json(&Report { generated: &generated, written })?;
    } else {
        print(&generated, arguments.dry_run);
    }
    if written {
        next(&generated);
    }
    Ok(())
}

/// What changes, and what somebody should know.
fn tell(generated: &Generated) {
    if generated.files.is_empty() {
        output::say(&format!("{}: the folders hold what the entities say; there is nothing to do", generated.database));
    }
    for engine in &generated.changes {
        for change in &engine.changes {
            output::say(&format!("{} {}: {change}", generated.database, engine.engine));
        }
    }
    for note in &generated.notes {
        output::say(&format!("note: {note}"));
    }
    if !generated.files.is_empty() {
        let set_aside =
            if generated.is_undecided() { ", on empty tables, with what is not decided set aside" } else { "" };
        let ways = if generated.is_reversible() { "there, back and there again" } else { "there, and not back," };
        output::good(&format!("{ways} on both engines: what the entities want{set_aside}"));
    }
}

fn print(generated: &Generated, dry_run: bool) {
    for file in &generated.files {
        output::data(&format!("migrations/{}/{}", generated.database, file.path));
        if dry_run {
            output::data(&file.text);
        }
    }
}

fn next(generated: &Generated) {
    let name = &generated.database;
    if generated.is_undecided() {
        output::say(
            "\nnext: decide where a file says `-- atriz: decide`; until then no migration of this database runs",
        );
    } else {
        output::say(&format!(
            "\nnext: read the files, then `cargo xtask db verify {name}` and `cargo xtask db migrate {name}`"
        ));
    }
}
