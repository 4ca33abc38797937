//! `cargo xtask db docs`.

use atriz_db::config::{Inputs, Scope};
use atriz_db_tools::docs::{Docs, DocsError, DocsRequest, Page, Standing, docs};
use clap::Args;

use super::{Databases, Format};
use crate::error::Failure;
use crate::output;
use crate::workspace::catalog;

/// What to write.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db docs\n  cargo xtask db docs pshop\n  cargo xtask db docs --check")]
pub(crate) struct DocsArguments {
    #[command(flatten)]
    databases: Databases,
    /// Write nothing, and exit with 1 when a page is stale, missing or too many
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    format: Format,
}

pub(crate) async fn run(arguments: &DocsArguments) -> Result<(), Failure> {
    let catalog = catalog()?;
    let databases = catalog.plan(&arguments.databases.databases)?.databases;
    let root = Inputs::of_process(Scope::Workspace).root.unwrap_or_default();
    let request = DocsRequest { catalog, databases, folder: root.join("docs").join("schema"), server: None };
    let docs = docs(request).await?;
    if !arguments.check {
        docs.write()?;
    }
    if arguments.format.json {
        output::json(&docs)?;
    } else {
        docs.wrong().for_each(|page| output::data(&line(page, arguments.check)));
    }
    let wrong = docs.wrong().count();
    match (arguments.check, wrong) {
        (true, 0) => output::good(&told(&docs, "says what is so", "say what is so")),
        (true, _) => return Err(stale(wrong)),
        (false, 0) => output::good(&told(&docs, "said what is so already", "said what is so already")),
        (false, _) => {
            let changed = output::count(wrong as u64, "page");
            output::say(&format!("\nnext: commit docs/schema, {changed} of it changed"));
        }
    }
    Ok(())
}

fn line(page: &Page, check: bool) -> String {
    let word = match (page.standing, check) {
        (Standing::Stale, true) => "stale",
        (Standing::Missing, true) => "missing",
        (Standing::Extra, true) => "of no database",
        (Standing::Extra, false) => "removed",
        _ => return format!("docs/schema/{}", page.file),
    };
    format!("docs/schema/{}: {word}", page.file)
}

fn told(docs: &Docs, one: &str, many: &str) -> String {
    let count = docs.pages.len();
    format!("{} of docs/schema {}", output::count(count as u64, "page"), if count == 1 { one } else { many })
}

fn stale(wrong: usize) -> Failure {
    let count = output::count(wrong as u64, "page");
    Failure::user(
        format!("{count} of docs/schema {} not say what the migrations make", if wrong == 1 { "does" } else { "do" }),
        "`cargo xtask db docs` mends that; commit what it writes",
    )
}

impl From<DocsError> for Failure {
    fn from(error: DocsError) -> Self {
        let code = if error.is_unexpected() { 2 } else { 1 };
        Self { message: error.to_string(), hint: Some(error.hint()), code, told: false }
    }
}
