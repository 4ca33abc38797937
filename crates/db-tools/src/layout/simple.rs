//! `sqlx migrate add`: one file of the way there, `1_name.sql`.

use atriz_db::Engine;

use super::listing::Listing;
use super::pairs::Name;
use super::{Found, Layout, LayoutError, Text, dbmate, goose, is_numbered, node_pg_migrate, sections, sql_migrate};

/// launchbadge/sqlx, and whatever else has plain SQL and no way back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Simple;

impl Layout for Simple {
    fn name(&self) -> &'static str {
        "simple"
    }

    fn pattern(&self) -> &'static str {
        "<version>_<name>.sql, with no way back (sqlx)"
    }

    fn recognises(&self, listing: &Listing) -> bool {
        let marks = [goose::mark, sql_migrate::mark, dbmate::mark, node_pg_migrate::mark];
        let plain = |path: &str| {
            let stem = path.rsplit('/').next().and_then(|file| file.strip_suffix(".sql"));
            Name::of(path).is_none() && stem.is_some_and(is_numbered)
        };
        listing.sql().any(plain) && !marks.into_iter().any(|mark| sections::any_marked(listing, mark))
    }

    fn read(&self, listing: &Listing, _: Engine) -> Result<Vec<Found>, LayoutError> {
        listing.check_programs()?;
        let read = |path: &str| {
            let stem = path.strip_suffix(".sql").filter(|stem| is_numbered(stem) && !stem.contains('/'));
            let stem = stem.filter(|_| Name::of(path).is_none());
            let stem = stem.ok_or_else(|| LayoutError::Odd { path: listing.full(path), layout: self.name() })?;
            let sql = listing.text(path)?;
            let no_transaction = sql.starts_with("-- no-transaction");
            let up = Text { path: path.to_owned(), sql, no_transaction };
            Ok(Found { version: stem.to_owned(), up, down: None })
        };
        listing.sql().map(read).collect()
    }
}
