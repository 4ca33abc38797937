//! Diesel: a folder for each migration, with `up.sql` and `down.sql`.

use std::collections::BTreeMap;

use atriz_db::Engine;

use super::listing::Listing;
use super::{Found, Layout, LayoutError, Text};

/// diesel-rs/diesel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Diesel;

/// Whether a folder is named `<digits, perhaps in groups>_<name>`.
fn is_folder(name: &str) -> bool {
    name.split_once('_').is_some_and(|(number, name)| {
        let group = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
        !name.is_empty() && number.split('-').all(group)
    })
}

/// The migration's folder and the file in it.
fn apart(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = path.rsplit_once('/')?;
    is_folder(folder.rsplit('/').next()?).then_some((folder, file))
}

impl Layout for Diesel {
    fn name(&self) -> &'static str {
        "diesel"
    }

    fn pattern(&self) -> &'static str {
        "<version>_<name>/up.sql and down.sql"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        listing.sql().filter_map(apart).any(|(_, file)| file == "up.sql")
    }

    fn read(&self, listing: &Listing, _: Engine) -> Result<Vec<Found>, LayoutError> {
        let mut folders: BTreeMap<&str, [bool; 2]> = BTreeMap::new();
        for path in listing.sql() {
            let odd = || LayoutError::Odd { path: listing.full(path), layout: self.name() };
            let (folder, file) = apart(path).filter(|(folder, _)| !folder.contains('/')).ok_or_else(odd)?;
            let has = folders.entry(folder).or_default();
            match file {
                "up.sql" => has[0] = true,
                "down.sql" => has[1] = true,
                _ => return Err(odd()),
            }
        }
        folders.into_iter().map(|(folder, has)| read(listing, folder, has)).collect()
    }
}

fn read(listing: &Listing, folder: &str, [up, down]: [bool; 2]) -> Result<Found, LayoutError> {
    if !up {
        return Err(LayoutError::NoUp { path: listing.full(&format!("{folder}/down.sql")) });
    }
    let no_transaction = runs_alone(listing, folder);
    let text = |file: &str| -> Result<Text, LayoutError> {
        let path = format!("{folder}/{file}");
        Ok(Text { sql: listing.text(&path)?, path, no_transaction })
    };
    let down = down.then(|| text("down.sql")).transpose()?;
    Ok(Found { version: folder.to_owned(), up: text("up.sql")?, down })
}

/// `run_in_transaction = false` in `metadata.toml`, the one setting that Diesel has there.
fn runs_alone(listing: &Listing, folder: &str) -> bool {
    let text = listing.optional(&format!("{folder}/metadata.toml")).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().any(|line| {
        let line = line.split('#').next().unwrap_or_default();
        line.split_once('=').is_some_and(|(key, value)| key.trim() == "run_in_transaction" && value.trim() == "false")
    })
}
