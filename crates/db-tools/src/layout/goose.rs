//! goose: one file of both ways, `-- +goose Up` and `-- +goose Down`.

use atriz_db::Engine;

use super::listing::Listing;
use super::sections::{self, Mark};
use super::{Found, Layout, LayoutError};

/// pressly/goose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Goose;

pub(super) fn mark(line: &str) -> Option<Mark> {
    let said = line.trim_start().strip_prefix("--")?.trim().strip_prefix("+goose")?.trim().to_ascii_lowercase();
    Some(match said.as_str() {
        "up" => Mark::Up { no_transaction: false },
        "down" => Mark::Down { no_transaction: false },
        "no transaction" => Mark::NoTransaction,
        "envsub on" => Mark::Refused("`ENVSUB ON` would write variables of the environment into the SQL"),
        _ => Mark::Nothing,
    })
}

impl Layout for Goose {
    fn name(&self) -> &'static str {
        "goose"
    }

    fn pattern(&self) -> &'static str {
        "<version>_<name>.sql with `-- +goose Up` and `-- +goose Down`"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        sections::any_marked(listing, mark)
    }

    fn read(&self, listing: &Listing, _: Engine) -> Result<Vec<Found>, LayoutError> {
        sections::read_all(listing, self.name(), mark)
    }
}
