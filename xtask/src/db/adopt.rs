//! `cargo xtask db adopt`.

use std::path::{Path, PathBuf};

use atriz_db::migrate::{Folder, MigrationSource as _, scaffold};
use atriz_db::{AdoptReport, Adoption, Catalog, Descriptor, Engine, FileSet, Target};
use atriz_db_tools::adopt::{self, AdoptError, Adopted, Known, Served};
use atriz_db_tools::layout::SourceFolder;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::consent::ConsentArguments;
use super::source::{SourceArguments, fleet, say_notes, surroundings, target};
use super::{Format, Patience};
use crate::error::Failure;
use crate::output;
use crate::workspace::{Workspace, catalog};

/// What to take over.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  cargo xtask db adopt ../shop/migrations --as shop\n  \
                        cargo xtask db adopt ../shop/migrations --as shop --url postgres://localhost/shop\n  \
                        cargo xtask db adopt ../shop/migrations --url postgres://localhost/shop")]
pub(crate) struct AdoptArguments {
    /// The folder of the other tool
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Write its migrations as those of this database of the workspace
    #[arg(long = "as", value_name = "NAME", required_unless_present = "url")]
    name: Option<String>,
    /// Take over the history that the tool left in this database
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The folder's layout, where it does not say
    #[arg(long, value_name = "NAME")]
    layout: Option<String>,
    /// The engines its SQL is for, where it does not say
    #[arg(long, value_name = "ENGINE", requires = "name")]
    engine: Option<Engines>,
    #[command(flatten)]
    consent: ConsentArguments,
    /// In production: the database's name
    #[arg(long, value_name = "DB")]
    confirm: Option<String>,
    #[command(flatten)]
    patience: Patience,
    #[command(flatten)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Engines {
    /// PostgreSQL alone
    Postgres,
    /// SQLite alone
    Sqlite,
    /// The same SQL for both
    Both,
}

/// What was done.
#[derive(Debug, Serialize)]
struct Report {
    /// The files that were written.
    written: Vec<String>,
    /// Each version of the tool, and what it became.
    versions: Vec<(String, String)>,
    /// What became of the history.
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<AdoptReport>,
}

impl From<AdoptError> for Failure {
    fn from(error: AdoptError) -> Self {
        Self::user(error.to_string(), error.hint())
    }
}

pub(crate) async fn run(arguments: &AdoptArguments) -> Result<(), Failure> {
    let folder = SourceFolder::open(&arguments.folder, arguments.layout.as_deref())?;
    output::say(&format!("{} has the layout {}", folder.label(), folder.layout().name()));
    let target = arguments.url.as_deref().map(target).transpose()?;
    match &arguments.name {
        Some(name) => as_database(arguments, &folder, name, target).await,
        None => history_only(arguments, &folder, target).await,
    }
}

/// Writes the files, and takes the history over in the versions of those.
async fn as_database(
    arguments: &AdoptArguments,
    folder: &SourceFolder,
    name: &str,
    target: Option<Target>,
) -> Result<(), Failure> {
    if !scaffold::is_name(name) {
        return Err(Failure::user(
            format!("`{name}` is not a name for a database"),
            "use lower-case words, such as shop",
        ));
    }
    let mut workspace = surroundings(arguments.patience.options())?;
    let base = workspace.fleet.configuration.root.clone().unwrap_or_default();
    let root = base.join("migrations").join(name);
    let served = engines(arguments, folder, &root, target.as_ref())?;
    let spoken: Vec<_> = served.engines.iter().map(|engine| engine.title()).collect();
    output::say(&format!("it is taken for {}: {}", spoken.join(" and "), served.reason));
    let adopted = adopt::plan(folder, &served.engines, &root)?;
    say_notes(&adopted.notes);
    let database = Descriptor::new(name, name, "").migrations(FileSet::folder(&root));
    let found = match &target {
        Some(target) => Some(found(&mut workspace, database.clone(), target, folder, &adopted.known).await?),
        None => None,
    };
    let written = write(&adopted, &database, &base)?;
    let history = match found {
        Some(found) => Some(take_over(arguments, &workspace, name, &found, folder, &adopted.known).await?),
        None => None,
    };
    let is_new = catalog()?.get(name).is_err();
    let versions = adopted.known.into_iter().map(|known| (known.version, known.becomes)).collect();
    let report = Report { written, versions, history };
    print(&report, arguments.format)?;
    next_steps(name, is_new);
    Ok(())
}

/// Takes the history over in the versions of the tool, for `--source`.
async fn history_only(
    arguments: &AdoptArguments,
    folder: &SourceFolder,
    target: Option<Target>,
) -> Result<(), Failure> {
    let Some(target) = target else { return Err(Failure::user("nothing is to be done", "say --as or --url")) };
    let source = SourceArguments {
        source: Some(arguments.folder.clone()),
        urls: arguments.url.iter().cloned().collect(),
        layout: arguments.layout.clone(),
        jobs: None,
        marked_as: None,
    };
    let mut workspace = fleet(&source, arguments.patience.options())?;
    let database = workspace.fleet.catalog.databases()[0].as_ref().clone();
    let name = database.name.clone();
    let prepared = folder.prepared(target.engine()).map_err(atriz_db::Error::from)?;
    let versions = prepared.iter().map(|prepared| prepared.found.version.clone());
    let known: Vec<_> = versions.map(|version| Known { becomes: version.clone(), version }).collect();
    let found = found(&mut workspace, database, &target, folder, &known).await?;
    let history = take_over(arguments, &workspace, &name, &found, folder, &known).await?;
    let report = Report { written: Vec::new(), versions: Vec::new(), history: Some(history) };
    print(&report, arguments.format)?;
    let (folder, url) = (folder.label(), target.url());
    output::say(&format!("\nnext: cargo xtask db migrate --source {folder} --url '{url}'"));
    Ok(())
}

/// What the command line says, then the URL, then the folder.
fn engines(
    arguments: &AdoptArguments,
    folder: &SourceFolder,
    root: &Path,
    target: Option<&Target>,
) -> Result<Served, Failure> {
    let said = match arguments.engine {
        Some(Engines::Postgres) => Some(vec![Engine::Postgres]),
        Some(Engines::Sqlite) => Some(vec![Engine::Sqlite]),
        Some(Engines::Both) => Some(Engine::ALL.to_vec()),
        None => None,
    };
    let served = adopt::served(folder, root).map_err(atriz_db::Error::from)?;
    Ok(match (said, target) {
        (Some(engines), _) => Served { engines, reason: "--engine says so", guessed: false },
        (None, Some(target)) if served.guessed => Served {
            engines: vec![target.engine()],
            reason: "the database of --url is one (`--engine` decides)",
            guessed: true,
        },
        _ => served,
    })
}

/// Aims the workspace at the one database, and reads what the tool left there.
async fn found(
    workspace: &mut Workspace,
    database: Descriptor,
    target: &Target,
    folder: &SourceFolder,
    known: &[Known],
) -> Result<Adoption, Failure> {
    let name = database.name.clone();
    workspace.fleet.catalog = Catalog::new(vec![database])?;
    workspace.fleet.configuration.targets = [(name.clone(), target.clone())].into();
    let reader = adopt::reader(folder.label(), folder.layout().name(), known.to_vec());
    let found = workspace.fleet.foreign_history(&name, reader.as_ref(), &workspace.context).await;
    let found = found.map_err(|error| Failure::user(error.to_string(), workspace.fleet.hint(&name, &error)))?;
    let last = found.versions.last().map_or("none", |last| last.version.as_str());
    let count = output::count(found.versions.len() as u64, "applied version");
    output::say(&format!(
        "{} of {} has {count} in {}, the last {last}; nothing of that will run again",
        found.tool,
        target.describe(),
        found.table
    ));
    Ok(found)
}

async fn take_over(
    arguments: &AdoptArguments,
    workspace: &Workspace,
    name: &str,
    found: &Adoption,
    folder: &SourceFolder,
    known: &[Known],
) -> Result<AdoptReport, Failure> {
    let mut consent = arguments.consent.consent();
    consent.confirm.clone_from(&arguments.confirm);
    let reader = adopt::reader(folder.label(), folder.layout().name(), known.to_vec());
    let report = workspace.fleet.adopt(name, found, reader.as_ref(), &consent, &workspace.context).await;
    workspace.shown.clear();
    Ok(report?)
}

/// Writes the files and reads them back as every verb will.
fn write(adopted: &Adopted, database: &Descriptor, base: &Path) -> Result<Vec<String>, Failure> {
    let written = adopted.write()?;
    for engine in Engine::ALL {
        Folder::read(database, engine).map_err(atriz_db::Error::from)?;
    }
    Ok(written.into_iter().map(|path| path.strip_prefix(base).unwrap_or(path).display().to_string()).collect())
}

fn print(report: &Report, format: Format) -> Result<(), Failure> {
    if format.json {
        return output::json(report);
    }
    report.written.iter().for_each(|path| output::data(path));
    if report.written.is_empty() && !report.versions.is_empty() {
        output::say("every file was adopted before");
    }
    if let Some(history) = &report.history {
        let taken = output::count(history.adoption.versions.len() as u64, "version");
        let (tool, table) = (&history.adoption.tool, &history.adoption.table);
        output::data(&format!(
            "{:<9} took over {taken} of {tool}, {} pending; {table} stays as it is",
            history.database,
            history.pending.len()
        ));
    }
    Ok(())
}

/// What is left to do by hand for a database of the workspace.
fn next_steps(name: &str, is_new: bool) {
    if !is_new {
        return output::say(&format!("\nnext: cargo xtask db status {name}"));
    }
    let variable = name.to_uppercase();
    output::say(&format!(
        r#"
next: give the database an owner crate with this descriptor, add it to the catalog in xtask/src/workspace.rs,
and set {variable}_DATABASE_URL:

    #[derive(rust_embed::RustEmbed)]
    #[folder = "../../migrations/{name}"]
    struct Migrations;

    pub fn descriptor() -> Descriptor {{
        Descriptor::new("{name}", "{name}_db", "apps/{name}")
            .migrations(FileSet::embedded::<Migrations>("migrations/{name}"))
    }}"#
    ));
}
