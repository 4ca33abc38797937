//! The layout of this workspace: a folder for each engine, pairs with versions of 14 digits.

use atriz_db::Engine;

use super::listing::Listing;
use super::pairs::{Name, read_pairs};
use super::{Found, Layout, LayoutError};

/// This workspace's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ours;

/// Whether the pairs stand in folders called as the engines are, with versions of 14 digits.
pub(super) fn is_ours(listing: &Listing) -> bool {
    let names: Vec<_> = listing.sql().map(|path| (path, Name::of(path))).collect();
    let own = |(path, name): &(&str, Option<Name<'_>>)| {
        let folder = path.split_once('/').and_then(|(folder, _)| Engine::parse(folder));
        let digits = name.as_ref().and_then(|name| name.stem.split('_').next()).map_or(0, str::len);
        folder.is_some() && digits == 14
    };
    !names.is_empty() && names.iter().all(own)
}

impl Layout for Ours {
    fn name(&self) -> &'static str {
        "atriz"
    }

    fn pattern(&self) -> &'static str {
        "<engine>/<14 digits>_<name>.up.sql and .down.sql"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        is_ours(listing)
    }

    fn read(&self, listing: &Listing, engine: Engine) -> Result<Vec<Found>, LayoutError> {
        read_pairs(listing, self.name(), engine)
    }
}
