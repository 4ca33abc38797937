//! dbmate: one file of both ways, `-- migrate:up` and `-- migrate:down`.

use atriz_db::Engine;

use super::listing::Listing;
use super::sections::{self, Mark};
use super::{Found, Layout, LayoutError};

/// amacneil/dbmate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dbmate;

pub(super) fn mark(line: &str) -> Option<Mark> {
    let said = line.trim_start().strip_prefix("--")?.trim_start().strip_prefix("migrate:")?;
    let mut words = said.split_whitespace();
    let way = words.next()?;
    let no_transaction = words.any(|word| word == "transaction:false");
    match way {
        "up" => Some(Mark::Up { no_transaction }),
        "down" => Some(Mark::Down { no_transaction }),
        _ => None,
    }
}

impl Layout for Dbmate {
    fn name(&self) -> &'static str {
        "dbmate"
    }

    fn pattern(&self) -> &'static str {
        "<version>_<name>.sql with `-- migrate:up` and `-- migrate:down`"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        sections::any_marked(listing, mark)
    }

    fn read(&self, listing: &Listing, _: Engine) -> Result<Vec<Found>, LayoutError> {
        sections::read_all(listing, self.name(), mark)
    }
}
