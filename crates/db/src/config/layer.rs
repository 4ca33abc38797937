//! One source of variables: the process environment, or one `.env` file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use config::{Map, Source, Value};

use super::ConfigError;
use super::keys::{OWNER_ONLY, SUFFIXES, VARIABLES};
use crate::catalog::Catalog;

/// The variables of one source under their canonical names, with the spelling each was found under.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    pub(super) origin: String,
    values: BTreeMap<String, Entry>,
}

#[derive(Clone)]
struct Entry {
    spelling: String,
    text: String,
}

impl fmt::Debug for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The text may be a secret.
        formatter.debug_struct("Entry").field("spelling", &self.spelling).finish_non_exhaustive()
    }
}

/// What kind of source it is, which decides what an unknown name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// The process environment: other programs' variables are there too.
    Process,
    /// The root `.env`, for a command over the whole workspace.
    Root,
    /// The root `.env`, for one app: the other apps' variables are there too.
    RootOfApp,
    /// The `.env` of the owner of this database.
    Owner(&'a str),
}

impl Layer {
    /// Reads a `.env` file into a layer; a file that is not there is an empty layer.
    pub(super) fn of_file(path: &Path, label: &str, kind: Kind<'_>, catalog: &Catalog) -> Result<Self, ConfigError> {
        let origin = label.to_owned();
        if !path.exists() {
            return Ok(Self { origin, values: BTreeMap::new() });
        }
        let file_error = |reason: String| ConfigError::File { origin: label.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| file_error(error.to_string()))?;
        let pairs = pairs_of(&text).map_err(|error| file_error(reason_of(&error)))?;
        Self::of_pairs(pairs, label, kind, catalog)
    }

    /// Sorts pairs into a layer. `app` is the database whose own variables may be spelled without its name.
    pub(super) fn of_pairs(
        pairs: impl IntoIterator<Item = (String, String)>,
        origin: &str,
        kind: Kind<'_>,
        catalog: &Catalog,
    ) -> Result<Self, ConfigError> {
        let mut layer = Self { origin: origin.to_owned(), values: BTreeMap::new() };
        for (spelling, text) in pairs {
            match canonical(&spelling, kind, catalog) {
                Some(name) if !text.is_empty() => layer.insert(name, spelling, text)?,
                Some(_) => {}
                None => layer.check_unknown(spelling, kind, catalog)?,
            }
        }
        Ok(layer)
    }

    fn insert(&mut self, name: String, spelling: String, text: String) -> Result<(), ConfigError> {
        if let Some(earlier) = self.values.get(&name)
            && earlier.text != text
        {
            return Err(ConfigError::Disagree {
                first: earlier.spelling.clone(),
                first_origin: self.origin.clone(),
                second: spelling,
                second_origin: self.origin.clone(),
            });
        }
        self.values.insert(name, Entry { spelling, text });
        Ok(())
    }

    fn check_unknown(&self, variable: String, kind: Kind<'_>, catalog: &Catalog) -> Result<(), ConfigError> {
        let origin = self.origin.clone();
        if OWNER_ONLY.contains(&variable.as_str()) {
            return Err(ConfigError::Misplaced { variable, origin });
        }
        if let Some((name, suffix)) = split_suffix(&variable) {
            return Self::check_other_database(name, suffix, origin, kind, catalog);
        }
        let known = known_names(catalog);
        let nearest = crate::catalog_nearest(&variable, known.iter().map(String::as_str)).map(str::to_owned);
        if kind != Kind::Process {
            return Err(ConfigError::Unknown { variable, origin, nearest });
        }
        Ok(())
    }

    /// A variable that is named like a database's own, and no database of the catalog is called so. Where others may
    /// have theirs too (the environment has other programs', and one app does not know the other apps), only a near
    /// miss of ours is refused.
    fn check_other_database(
        name: &str,
        suffix: &str,
        origin: String,
        kind: Kind<'_>,
        catalog: &Catalog,
    ) -> Result<(), ConfigError> {
        let known: Vec<String> = catalog.databases().iter().map(|database| database.name.to_uppercase()).collect();
        let nearest = crate::catalog_nearest(name, known.iter().map(String::as_str));
        let shared = matches!(kind, Kind::Process | Kind::RootOfApp);
        if shared && (nearest.is_none() || suffix == "_PORT") {
            return Ok(());
        }
        let nearest = nearest.map(|nearest| format!("{nearest}{suffix}"));
        Err(ConfigError::UnknownDatabase { variable: format!("{name}{suffix}"), origin, nearest })
    }

    /// The text of a variable and the spelling it was found under.
    pub(super) fn get(&self, name: &str) -> Option<(&str, &str)> {
        self.values.get(name).map(|entry| (entry.spelling.as_str(), entry.text.as_str()))
    }

    /// Keeps only the variables that `keep` wants.
    pub(super) fn filtered(&self, keep: impl Fn(&str) -> bool) -> Self {
        let values = self.values.iter().filter(|(name, _)| keep(name));
        Self {
            origin: self.origin.clone(),
            values: values.map(|(name, entry)| (name.clone(), entry.clone())).collect(),
        }
    }
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, config::ConfigError> {
        let value = |entry: &Entry| Value::new(Some(&self.origin), entry.text.clone());
        Ok(self.values.iter().map(|(name, entry)| (name.to_lowercase(), value(entry))).collect())
    }
}

/// The canonical name of a variable, or nothing if it is none of ours.
fn canonical(spelling: &str, kind: Kind<'_>, catalog: &Catalog) -> Option<String> {
    if OWNER_ONLY.contains(&spelling) {
        let Kind::Owner(database) = kind else {
            // In the process environment they are read by the layer of the one app that runs.
            return (kind == Kind::Process).then(|| spelling.to_owned());
        };
        let database = database.to_uppercase();
        return Some(match spelling {
            "DATABASE_URL" => format!("{database}_DATABASE_URL"),
            "PORT" => format!("{database}_PORT"),
            other => other.to_owned(),
        });
    }
    if let Some(variable) = VARIABLES.iter().find(|variable| variable.name == spelling) {
        return Some(variable.alias_of.unwrap_or(variable.name).to_owned());
    }
    for database in catalog.databases() {
        let upper = database.name.to_uppercase();
        if SUFFIXES.iter().any(|suffix| spelling == format!("{upper}{suffix}")) {
            return Some(spelling.to_owned());
        }
        if database.url_aliases.iter().any(|alias| alias == spelling) {
            return Some(database.url_variable());
        }
    }
    None
}

/// A name and the suffix of a database's own variables, such as `PSHOP` and `_PORT`.
fn split_suffix(variable: &str) -> Option<(&str, &'static str)> {
    SUFFIXES
        .iter()
        .find_map(|suffix| Some((variable.strip_suffix(suffix)?, *suffix)))
        .filter(|(name, _)| !name.is_empty())
}

fn known_names(catalog: &Catalog) -> Vec<String> {
    let fixed = VARIABLES.iter().map(|variable| variable.name.to_owned());
    let own = catalog.databases().iter().flat_map(|database| {
        let upper = database.name.to_uppercase();
        let suffixed = SUFFIXES.iter().map(move |suffix| format!("{upper}{suffix}"));
        suffixed.chain(database.url_aliases.clone()).collect::<Vec<_>>()
    });
    fixed.chain(own).collect()
}

/// The pairs of a `.env` file. The parser puts other variables in place of `$NAME`, which no password may depend on; it
/// meets a character in place of `$` that Unicode keeps from ever being text. One behind a backslash it leaves alone
/// already.
fn pairs_of(text: &str) -> Result<Vec<(String, String)>, dotenvy::Error> {
    const DOLLAR: char = '\u{fdd0}';
    let mut shielded = String::with_capacity(text.len());
    let mut escaped = false;
    for character in text.trim_start_matches('\u{feff}').chars() {
        shielded.push(if character == '$' && !escaped { DOLLAR } else { character });
        escaped = character == '\\' && !escaped;
    }
    let pairs = dotenvy::from_read_iter(shielded.as_bytes());
    pairs.map(|pair| pair.map(|(name, value)| (name, value.replace(DOLLAR, "$")))).collect()
}

/// The parser's message without the line's text, which may hold a secret.
fn reason_of(error: &dotenvy::Error) -> String {
    match error {
        dotenvy::Error::LineParse(_, at) => format!("a line breaks off at character {at}"),
        dotenvy::Error::Io(inner) => inner.to_string(),
        _ => "a line is not `NAME=value`".to_owned(),
    }
}
