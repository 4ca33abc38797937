//! All sources of one process, and which of them speak for which database.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use config::Config;
use serde::de::DeserializeOwned;

use super::auth::AuthVariables;
use super::layer::{Kind, Layer};
use super::variables::{AppVariables, DatabaseVariables, GeneralVariables};
use super::{ConfigError, process};
use crate::catalog::{Catalog, Descriptor};

/// For whom the configuration is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A command over the whole workspace.
    Workspace,
    /// One app's own binary, by the name of its database.
    App(String),
}

/// What the configuration is read from; a value, so that tests can make one.
#[derive(Clone)]
pub struct Inputs {
    /// For whom.
    pub scope: Scope,
    /// The folder with the root `.env`; within the workspace its root.
    pub root: Option<PathBuf>,
    /// Whether `root` is the workspace, so that owners' `.env` files and a default `DATA_DIR` are there.
    pub in_workspace: bool,
    /// The process environment.
    pub process: BTreeMap<String, String>,
}

impl fmt::Debug for Inputs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values of the environment stay out: some are secrets.
        let (scope, root) = (&self.scope, &self.root);
        formatter.debug_struct("Inputs").field("scope", scope).field("root", root).finish_non_exhaustive()
    }
}

impl Inputs {
    /// The inputs of this process: its environment, and the workspace around the current folder, if there is one.
    pub fn of_process(scope: Scope) -> Self {
        let current = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let workspace = current.ancestors().find(|folder| is_workspace(folder)).map(Path::to_path_buf);
        let workspace = workspace.or_else(compiled_workspace);
        let in_workspace = workspace.is_some();
        let process = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self { scope, root: Some(workspace.unwrap_or(current)), in_workspace, process }
    }
}

fn is_workspace(folder: &Path) -> bool {
    folder.join("migrations").is_dir()
        && std::fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|manifest| manifest.contains("[workspace]"))
}

/// A debug build started from elsewhere still belongs to the tree it was built in; a release build belongs nowhere.
fn compiled_workspace() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?;
    (cfg!(debug_assertions) && is_workspace(root)).then(|| root.to_path_buf())
}

/// The sources, read once.
pub(super) struct Layers {
    process: Layer,
    root: Layer,
    /// By database: its owner's `.env`, and what the process environment says to this one app alone.
    owners: BTreeMap<String, Layer>,
    own_process: BTreeMap<String, Layer>,
}

impl Layers {
    pub(super) fn read(catalog: &Catalog, inputs: &Inputs) -> Result<Self, ConfigError> {
        const ENVIRONMENT: &str = "the environment";
        if inputs.scope == Scope::Workspace {
            process::check_unambiguous(&inputs.process)?;
        }
        let ours = process::without_service_links(&inputs.process, catalog);
        let process = Layer::of_pairs(ours.clone(), ENVIRONMENT, Kind::Process, catalog)?;
        let root_kind = if inputs.scope == Scope::Workspace { Kind::Root } else { Kind::RootOfApp };
        let root = match &inputs.root {
            Some(root) => Layer::of_file(&root.join(".env"), ".env", root_kind, catalog)?,
            None => Layer::default(),
        };
        let mut owners = BTreeMap::new();
        let mut own_process = BTreeMap::new();
        for database in catalog.databases() {
            let kind = Kind::Owner(&database.name);
            if let (Some(folder), true) = (&inputs.root, inputs.in_workspace) {
                let label = format!("{}/.env", database.folder);
                let layer = Layer::of_file(&folder.join(&label), &label, kind, catalog)?;
                owners.insert(database.name.clone(), layer);
            }
            if inputs.scope == Scope::App(database.name.clone()) {
                let own = ["DATABASE_URL", "DB_NAME", "PORT"];
                let named = format!("{}_", database.name.to_uppercase());
                let mine = |name: &String| own.contains(&name.as_str()) || name.starts_with(&named);
                let pairs = ours.clone().into_iter().filter(|(name, _)| mine(name));
                own_process.insert(database.name.clone(), Layer::of_pairs(pairs, ENVIRONMENT, kind, catalog)?);
            }
        }
        let layers = Self { process, root, owners, own_process };
        catalog.databases().iter().try_for_each(|database| layers.check_agreement(database))?;
        Ok(layers)
    }

    /// Several `.env` files may name one database (each app names core); they have to say the same.
    fn check_agreement(&self, database: &Descriptor) -> Result<(), ConfigError> {
        let variable = database.url_variable();
        let mut found: Option<(&str, &str, &str)> = None;
        for layer in self.owners.values().chain(std::iter::once(&self.root)) {
            let Some((spelling, text)) = layer.get(&variable) else { continue };
            match found {
                Some((first, first_text, first_origin)) if first_text != text => {
                    return Err(ConfigError::Disagree {
                        first: first.to_owned(),
                        first_origin: first_origin.to_owned(),
                        second: spelling.to_owned(),
                        second_origin: layer.origin.clone(),
                    });
                }
                _ => found = Some((spelling, text, &layer.origin)),
            }
        }
        Ok(())
    }

    /// What is said to the process as a whole.
    pub(super) fn general(&self) -> Result<GeneralVariables, ConfigError> {
        let own = self.own_process.keys().filter_map(|name| self.owners.get(name));
        Self::parse([&self.root].into_iter().chain(own).chain([&self.process]).cloned().collect())
    }

    /// What is said about signing in: by the workspace, by the owner of the database that all others come after, by the
    /// one app's own file, by the environment.
    pub(super) fn auth(&self, catalog: &Catalog) -> Result<AuthVariables, ConfigError> {
        let first = catalog.databases().iter().filter(|database| database.after.is_empty());
        let first = first.map(|database| &database.name).filter(|name| !self.own_process.contains_key(*name));
        let owners = first.chain(self.own_process.keys()).filter_map(|name| self.owners.get(name));
        let layers: Vec<&Layer> = [&self.root].into_iter().chain(owners).chain([&self.process]).collect();
        let origin = |name: &str| {
            let found = layers.iter().rev().find(|layer| layer.get(name).is_some());
            found.map(|layer| layer.origin.clone())
        };
        let map: BTreeMap<String, serde_json::Value> = Self::parse(layers.iter().copied().cloned().collect())?;
        AuthVariables::of(&map, origin)
    }

    /// What is said of one database, lowest first.
    pub(super) fn of_database(&self, database: &Descriptor) -> Result<DatabaseVariables, ConfigError> {
        let url = database.url_variable();
        let mut layers = vec![self.root.clone()];
        // Other owners' files may name this database's URL, and nothing else of it.
        for (owner, layer) in &self.owners {
            if *owner != database.name {
                layers.push(layer.filtered(|name| name == url));
            }
        }
        layers.extend(self.owners.get(&database.name).cloned());
        layers.push(self.process.filtered(|name| !matches!(name, "DATABASE_URL" | "DB_NAME" | "PORT")));
        layers.extend(self.own_process.get(&database.name).cloned());
        let map: BTreeMap<String, serde_json::Value> = Self::parse(layers)?;
        DatabaseVariables::of(database, &map)
    }

    /// What is said to one app, lowest first.
    pub(super) fn of_app(&self, database: &Descriptor) -> Result<AppVariables, ConfigError> {
        let mut layers = vec![self.root.clone()];
        layers.extend(self.owners.get(&database.name).cloned());
        layers.push(self.process.filtered(|name| !matches!(name, "DATABASE_URL" | "DB_NAME" | "PORT")));
        layers.extend(self.own_process.get(&database.name).cloned());
        let map: BTreeMap<String, serde_json::Value> = Self::parse(layers.clone())?;
        let mut variables: AppVariables = Self::parse(layers)?;
        let port = format!("{}_port", database.name);
        variables.port = map.get(&port).and_then(serde_json::Value::as_str).map(str::to_owned);
        Ok(variables)
    }

    /// Tells an error about values where the values stand: in the highest source that has the variable.
    pub(super) fn locate(&self, error: ConfigError, database: Option<&Arc<Descriptor>>) -> ConfigError {
        let name = database.map_or("", |database| database.name.as_str());
        let place = |variable: String| {
            let unknown = |variable| (variable, "the configuration".to_owned());
            self.standing(&variable, name).unwrap_or_else(|| unknown(variable))
        };
        match error {
            ConfigError::Invalid { variable, origin, reason } if origin.is_empty() => {
                let (variable, origin) = place(variable);
                ConfigError::Invalid { variable, origin, reason }
            }
            ConfigError::Disagree { first, first_origin, second, .. } if first_origin.is_empty() => {
                let ((first, first_origin), (second, second_origin)) = (place(first), place(second));
                ConfigError::Disagree { first, first_origin, second, second_origin }
            }
            other => other,
        }
    }

    /// The spelling of a variable and the source it stands in, as far as database `name` is concerned.
    pub(super) fn standing(&self, variable: &str, name: &str) -> Option<(String, String)> {
        let own = format!("{}_{variable}", name.to_uppercase());
        let sources = [self.own_process.get(name), Some(&self.process), self.owners.get(name), Some(&self.root)];
        let sources = sources.into_iter().flatten().chain(self.owners.values());
        let found = sources.filter_map(|layer| {
            let (spelling, _) = layer.get(variable).or_else(|| layer.get(&own))?;
            Some((spelling.to_owned(), layer.origin.clone()))
        });
        found.into_iter().next()
    }

    fn parse<T: DeserializeOwned>(layers: Vec<Layer>) -> Result<T, ConfigError> {
        let mut builder = Config::builder();
        for layer in layers {
            builder = builder.add_source(layer);
        }
        builder.build().and_then(Config::try_deserialize).map_err(|error| invalid(&error))
    }
}

/// The `config` crate's error in our words; it knows the key and the origin, and its value stays out of the message.
fn invalid(error: &config::ConfigError) -> ConfigError {
    match error {
        config::ConfigError::At { error, origin, key } => match invalid(error) {
            ConfigError::Invalid { reason, .. } => ConfigError::Invalid {
                variable: key.as_deref().unwrap_or("?").to_uppercase(),
                origin: origin.clone().unwrap_or_else(|| "the configuration".to_owned()),
                reason,
            },
            other => other,
        },
        config::ConfigError::Type { origin, expected, key, .. } => ConfigError::Invalid {
            variable: key.as_deref().unwrap_or("?").to_uppercase(),
            origin: origin.clone().unwrap_or_else(|| "the configuration".to_owned()),
            reason: format!("it takes {expected}"),
        },
        other => ConfigError::Invalid {
            variable: "?".to_owned(),
            origin: "the configuration".to_owned(),
            reason: other.to_string(),
        },
    }
}
