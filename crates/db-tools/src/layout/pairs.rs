//! golang-migrate and `sqlx migrate add -r`: a file for each way, `1_name.up.sql` and `1_name.down.sql`.

use std::collections::BTreeMap;

use atriz_db::Engine;

use super::listing::{Listing, engine_of, is_other_engine};
use super::{Found, Layout, LayoutError, Text, is_numbered};

/// golang-migrate/migrate, launchbadge/sqlx.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pairs;

/// A file's name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub(super) stem: &'a str,
    pub(super) back: bool,
    /// The word between stem and way that names an engine, ours or not.
    pub(super) engine: Option<&'a str>,
}

impl<'a> Name<'a> {
    pub(super) fn of(path: &'a str) -> Option<Self> {
        let file = path.rsplit('/').next()?.strip_suffix(".sql")?;
        let (rest, back) = match (file.strip_suffix(".up"), file.strip_suffix(".down")) {
            (Some(rest), _) => (rest, false),
            (_, Some(rest)) => (rest, true),
            _ => return None,
        };
        let engine = rest.rsplit_once('.').filter(|(_, word)| engine_of(word).is_some() || is_other_engine(word));
        let stem = engine.map_or(rest, |(stem, _)| stem);
        is_numbered(stem).then_some(Self { stem, back, engine: engine.map(|(_, word)| word) })
    }
}

impl Layout for Pairs {
    fn name(&self) -> &'static str {
        "up-down"
    }

    fn pattern(&self) -> &'static str {
        "<version>_<name>.up.sql and .down.sql (golang-migrate, sqlx -r)"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        let names: Vec<_> = listing.sql().filter_map(Name::of).collect();
        !names.is_empty() && names.iter().all(|name| name.engine.is_none()) && !super::ours::is_ours(listing)
    }

    fn read(&self, listing: &Listing, engine: Engine) -> Result<Vec<Found>, LayoutError> {
        read_pairs(listing, self.name(), engine)
    }
}

/// Reads pairs; a file that names the engine goes before one that names none.
pub(super) fn read_pairs(listing: &Listing, layout: &'static str, engine: Engine) -> Result<Vec<Found>, LayoutError> {
    listing.check_programs()?;
    let mut chosen: BTreeMap<(&str, bool), (&str, bool)> = BTreeMap::new();
    for path in listing.sql() {
        let odd = || LayoutError::Odd { path: listing.full(path), layout };
        let name = Name::of(path).filter(|_| !path.contains('/')).ok_or_else(odd)?;
        let own = match name.engine.map(engine_of) {
            Some(Some(other)) if other == engine => true,
            Some(_) => continue,
            None => false,
        };
        let place = chosen.entry((name.stem, name.back)).or_insert((path, own));
        if own {
            *place = (path, own);
        }
    }
    let text = |path: &str| -> Result<Text, LayoutError> {
        let sql = listing.text(path)?;
        let no_transaction = sql.starts_with("-- no-transaction");
        Ok(Text { path: path.to_owned(), sql, no_transaction })
    };
    let mut found = Vec::new();
    for ((stem, back), (path, _)) in &chosen {
        if *back && !chosen.contains_key(&(*stem, false)) {
            return Err(LayoutError::NoUp { path: listing.full(path) });
        }
        if !back {
            let down = chosen.get(&(*stem, true)).map(|(path, _)| text(path)).transpose()?;
            found.push(Found { version: (*stem).to_owned(), up: text(path)?, down });
        }
    }
    Ok(found)
}
