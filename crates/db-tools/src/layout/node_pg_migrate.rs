//! node-pg-migrate: one file of both ways, `-- Up Migration` and `-- Down Migration`.

use atriz_db::Engine;

use super::listing::Listing;
use super::sections::{self, Mark};
use super::{Found, Layout, LayoutError};

/// salsita/node-pg-migrate.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodePgMigrate;

pub(super) fn mark(line: &str) -> Option<Mark> {
    let said = line.trim_start().strip_prefix("--")?.trim_start_matches([' ', '\t', '-']).to_ascii_lowercase();
    let words: Vec<&str> = said.split_whitespace().take(2).collect();
    match words.as_slice() {
        ["up", "migration"] => Some(Mark::Up { no_transaction: false }),
        ["down", "migration"] => Some(Mark::Down { no_transaction: false }),
        _ => None,
    }
}

impl Layout for NodePgMigrate {
    fn name(&self) -> &'static str {
        "node-pg-migrate"
    }

    fn pattern(&self) -> &'static str {
        "<version>_<name>.sql with `-- Up Migration` and `-- Down Migration`"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        sections::any_marked(listing, mark)
    }

    fn read(&self, listing: &Listing, _: Engine) -> Result<Vec<Found>, LayoutError> {
        sections::read_all(listing, self.name(), mark)
    }
}
