//! Pairs with an engine in their names, `1_name.postgres.up.sql`; a file that names none serves every engine.

use atriz_db::Engine;

use super::listing::{Listing, engine_of};
use super::pairs::{Name, read_pairs};
use super::{Found, Layout, LayoutError};

/// As programs on several engines write them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Engines;

impl Layout for Engines {
    fn name(&self) -> &'static str {
        "engine-in-name"
    }

    fn pattern(&self) -> &'static str {
        "<version>_<name>.<engine>.up.sql and .down.sql, the engine postgres, sqlite or none for both"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        listing.sql().filter_map(Name::of).any(|name| name.engine.is_some())
    }

    fn engines(&self, listing: &Listing) -> Vec<Engine> {
        let names: Vec<_> = listing.sql().filter_map(Name::of).collect();
        let serves = |engine: &Engine| names.iter().any(|name| name.engine.and_then(engine_of) == Some(*engine));
        Engine::ALL.into_iter().filter(serves).collect()
    }

    fn read(&self, listing: &Listing, engine: Engine) -> Result<Vec<Found>, LayoutError> {
        read_pairs(listing, self.name(), engine)
    }
}
