//! sql-migrate: one file of both ways, `-- +migrate Up` and `-- +migrate Down`.

use atriz_db::Engine;

use super::listing::Listing;
use super::sections::{self, Mark};
use super::{Found, Layout, LayoutError};

/// rubenv/sql-migrate.
#[derive(Clone, Copy, Debug)]
pub(super) struct SqlMigrate;

pub(super) fn mark(line: &str) -> Option<Mark> {
    let said = line.trim_start().strip_prefix("--")?.trim().strip_prefix("+migrate")?.trim().to_ascii_lowercase();
    let no_transaction = said.split_whitespace().any(|word| word == "notransaction");
    Some(match said.split_whitespace().next() {
        Some("up") => Mark::Up { no_transaction },
        Some("down") => Mark::Down { no_transaction },
        _ => Mark::Nothing,
    })
}

impl Layout for SqlMigrate {
    fn name(&self) -> &'static str {
        "sql-migrate"
    }

    fn pattern(&self) -> &'static str {
        "<version>_<name>.sql with `-- +migrate Up` and `-- +migrate Down`"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        sections::any_marked(listing, mark)
    }

    fn read(&self, listing: &Listing, _: Engine) -> Result<Vec<Found>, LayoutError> {
        sections::read_all(listing, self.name(), mark)
    }
}
