//! `--source DIR --url URL…`: a folder of any layout, and databases that are named by their URLs.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use atriz_db::config::{Inputs, Scope};
use atriz_db::migrate::Folder;
use atriz_db::{Catalog, Configuration, Descriptor, Engine, Fleet, Target};
use atriz_db_tools::layout::{LayoutError, SourceFolder};
use clap::Args;

use crate::error::Failure;
use crate::output;
use crate::workspace::{RunOptions, Workspace};

/// A folder and its databases, in place of the workspace's.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct SourceArguments {
    /// Use the migrations of this folder, in any layout, on the databases of --url
    #[arg(long, value_name = "DIR", requires = "urls")]
    pub(crate) source: Option<PathBuf>,
    /// A database: `postgres://…`, `sqlite://PATH` or a path; `-` reads a list from standard input
    #[arg(long = "url", value_name = "URL", requires = "source", allow_hyphen_values = true)]
    pub(crate) urls: Vec<String>,
    /// The folder's layout, where it does not say
    #[arg(long, value_name = "NAME", requires = "source")]
    pub(crate) layout: Option<String>,
    /// What the databases' marks say, where that is not their own names: for a copy, or a renamed one
    #[arg(long, value_name = "NAME", requires = "source")]
    pub(crate) marked_as: Option<String>,
    /// How many databases of --url to work on at the same time, with up to three connections each [default: 8]
    #[arg(long, value_name = "N", requires = "source", value_parser = jobs)]
    pub(crate) jobs: Option<usize>,
}

fn jobs(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|jobs| *jobs > 0).ok_or_else(|| "it is a number from 1".to_owned())
}

impl SourceArguments {
    /// Whether a folder was named.
    pub(crate) fn is_given(&self) -> bool {
        self.source.is_some()
    }

    /// A verb's surroundings: those of the folder and the URLs where they were given, else the workspace's.
    pub(crate) fn load(&self, options: RunOptions) -> Result<Workspace, Failure> {
        match &self.source {
            Some(_) => fleet(self, options),
            None => Workspace::load(options),
        }
    }
}

impl From<LayoutError> for Failure {
    fn from(error: LayoutError) -> Self {
        Self::user(error.to_string(), error.hint())
    }
}

/// A fleet of one database for each URL, all with the migrations of the one folder, which has been read and is in order.
pub(crate) fn fleet(arguments: &SourceArguments, options: RunOptions) -> Result<Workspace, Failure> {
    let folder = arguments.source.clone().unwrap_or_default();
    let folder = Arc::new(SourceFolder::open(&folder, arguments.layout.as_deref())?);
    let targets = targets(&read_urls(&arguments.urls)?)?;
    let engines: BTreeSet<Engine> = targets.iter().map(Target::engine).collect();
    for engine in engines {
        // Read as every database will, so that what is wrong with the folder is said once.
        let whole = Descriptor::new("source", "source", "").source(Arc::clone(&folder) as Arc<_>);
        Folder::read(&whole, engine).map_err(atriz_db::Error::from)?;
        let prepared = folder.prepared(engine).map_err(atriz_db::Error::from)?;
        say_notes(&prepared.iter().flat_map(|one| one.notes.clone()).collect::<Vec<_>>());
    }
    let mut workspace = surroundings(options)?;
    let (mut databases, mut places) = (Vec::new(), BTreeMap::new());
    for (name, target) in names(&targets).into_iter().zip(targets) {
        let own = target.own_name();
        let database = Descriptor::new(&name, &own, "").source(Arc::clone(&folder) as Arc<_>);
        let database = database.marked_as(arguments.marked_as.as_deref().unwrap_or(&own));
        databases.push(database);
        places.insert(name, target);
    }
    workspace.fleet.catalog = Catalog::new(databases)?;
    workspace.fleet.configuration.targets = places;
    if let Some(jobs) = arguments.jobs {
        workspace.context.jobs = jobs;
    }
    Ok(workspace)
}

/// Says what was changed in reading; a folder that does the same in every file says so a few times.
pub(super) fn say_notes(notes: &[String]) {
    notes.iter().take(3).for_each(|note| output::say(&format!("note: {note}")));
    if notes.len() > 3 {
        output::say(&format!("note: and so of {} more files", notes.len() - 3));
    }
}

/// The environment and the settings of a run, without the databases of the workspace. `DATABASE_URL` aims at none here.
pub(super) fn surroundings(options: RunOptions) -> Result<Workspace, Failure> {
    let catalog = Catalog::new(Vec::new())?;
    let mut inputs = Inputs::of_process(Scope::Workspace);
    inputs.process.remove("DATABASE_URL");
    let configuration = Configuration::load(&catalog, &inputs)?;
    Ok(Workspace::over(Fleet { catalog, configuration }, options))
}

/// The URLs, and where each was named.
fn read_urls(given: &[String]) -> Result<Vec<(String, String)>, Failure> {
    let mut urls = Vec::new();
    for url in given {
        if url != "-" {
            urls.push(("--url".to_owned(), url.clone()));
            continue;
        }
        let mut list = String::new();
        let read = std::io::stdin().read_to_string(&mut list);
        read.map_err(|error| Failure::user(format!("standard input cannot be read: {error}"), "pipe a list of URLs"))?;
        let lines = list.lines().map(str::trim).enumerate();
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        urls.extend(lines.map(|(index, line)| (format!("line {}", index + 1), line.to_owned())));
    }
    if urls.is_empty() {
        return Err(Failure::user("no database is named", "write one URL a line to standard input"));
    }
    Ok(urls)
}

/// The database of one URL of the command line.
pub(super) fn target(url: &str) -> Result<Target, Failure> {
    target_at("--url", url)
}

/// The database of a URL, which is in no message: it may hold a password.
fn target_at(place: &str, url: &str) -> Result<Target, Failure> {
    const FORMS: &str = "it is postgres://user:password@host:5432/name, sqlite://PATH or the path of a SQLite file";
    Target::of_url(url, place).map_err(|error| Failure::user(error.to_string(), FORMS))
}

fn targets(urls: &[(String, String)]) -> Result<Vec<Target>, Failure> {
    let mut seen = BTreeSet::new();
    let mut targets = Vec::new();
    for (place, url) in urls {
        let target = target_at(place, url)?;
        if !seen.insert(target.whereabouts()) {
            let place = target.describe();
            return Err(Failure::user(format!("--url names {place} twice"), "name each database once"));
        }
        targets.push(target);
    }
    Ok(targets)
}

/// Each database by its own name, and by its place too where several share one.
fn names(targets: &[Target]) -> Vec<String> {
    let own: Vec<String> = targets.iter().map(Target::own_name).collect();
    let shared = |name: &String| own.iter().filter(|other| *other == name).count() > 1;
    let unique = |(name, target): (&String, &Target)| match target {
        _ if !shared(name) && !name.is_empty() => name.clone(),
        Target::Postgres(_) => {
            let place = target.whereabouts();
            format!("{name}@{}", place.rsplit_once('/').map_or(place.as_str(), |(server, _)| server))
        }
        Target::Sqlite(_) => target.whereabouts(),
    };
    own.iter().zip(targets).map(unique).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(urls: &[&str]) -> Result<Vec<Target>, Failure> {
        targets(&urls.iter().map(|url| ("--url".to_owned(), (*url).to_owned())).collect::<Vec<_>>())
    }

    #[test]
    fn a_database_has_its_own_name_unless_two_share_it() {
        let targets = all(&["postgres://u@a/shop", "postgres://u@b:5433/shop", "postgres://u@a/crm", "/x/shop.db"]);
        let names = names(&targets.expect("they differ"));
        assert_eq!(names, ["shop@a:5432", "shop@b:5433", "crm", "/x/shop.db"]);
    }

    #[test]
    fn servers_that_share_a_socket_folder_are_two() {
        let targets = all(&[
            "postgres://u@localhost/shop?host=/run/x&port=5432",
            "postgres://u@localhost/shop?host=/run/x&port=5433",
        ]);
        let names = names(&targets.expect("they differ"));
        assert_eq!(names, ["shop@/run/x/.s.PGSQL.5432", "shop@/run/x/.s.PGSQL.5433"]);
    }

    #[test]
    fn one_database_is_named_once() {
        let error = all(&["postgres://u:secret@a/shop", "postgres://other@a:5432/shop"]).expect_err("it is the same");
        assert_eq!(error.message, "--url names shop on a:5432 twice");
        assert!(all(&["/x/a.db", "sqlite:///x/a.db"]).is_err());
    }
}
