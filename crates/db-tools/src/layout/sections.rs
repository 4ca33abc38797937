//! Files that hold both ways, divided by comments.

use atriz_db::migrate::split;

use super::listing::Listing;
use super::{Found, LayoutError, Text};

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// The way there begins.
    Up {
        /// Whether it runs without a transaction.
        no_transaction: bool,
    },
    /// The way back begins.
    Down {
        /// As for the way there.
        no_transaction: bool,
    },
    /// The whole file runs without a transaction.
    NoTransaction,
    /// A line for the tool, which means nothing here.
    Nothing,
    /// A line for the tool that cannot be left out.
    Refused(&'static str),
}

/// What a tool's mark says, for one line; none where it is SQL.
pub(super) type ReadMark = fn(&str) -> Option<Mark>;

/// Whether any file for any engine has a mark.
pub(super) fn any_marked(listing: &Listing, mark: ReadMark) -> bool {
    let marked = |path: &str| listing.text(path).is_ok_and(|text| text.lines().any(|line| mark(line).is_some()));
    listing.sql().any(marked)
}

/// Reads every file of the folder as one of both ways.
pub(super) fn read_all(listing: &Listing, layout: &'static str, mark: ReadMark) -> Result<Vec<Found>, LayoutError> {
    listing.check_programs()?;
    listing
        .sql()
        .map(|path| {
            let stem = path.strip_suffix(".sql").filter(|stem| super::leads_with_number(stem) && !stem.contains('/'));
            let stem = stem.ok_or_else(|| LayoutError::Odd { path: listing.full(path), layout })?;
            read(listing, path, stem, mark)
        })
        .collect()
}

fn read(listing: &Listing, path: &str, stem: &str, mark: ReadMark) -> Result<Found, LayoutError> {
    let refused = |reason: &str, hint: &str| LayoutError::refused(&listing.full(path), reason, hint);
    let text = listing.text(path)?;
    let mut ways = Ways::default();
    for line in text.lines() {
        match mark(line) {
            None => ways.line(line),
            Some(Mark::Refused(reason)) => return Err(refused(reason, "write it in plain SQL")),
            Some(mark) => ways.mark(&mark),
        }
    }
    let no_mark = || refused("it has no mark of the way there", "mark it");
    if ways.up.is_none() {
        return Err(no_mark());
    }
    let before = split(&ways.before).map_err(|error| refused(&error.to_string(), "close it"))?;
    if !before.is_empty() {
        return Err(refused("statements stand in front of the first mark", "move them behind it"));
    }
    let text = |way: Option<(String, bool)>| {
        way.map(|(sql, alone)| Text { path: path.to_owned(), sql, no_transaction: alone || ways.alone })
    };
    let up = text(ways.up.take()).ok_or_else(no_mark)?;
    Ok(Found { version: stem.to_owned(), up, down: text(ways.down.take()) })
}

#[derive(Default)]
struct Ways {
    before: String,
    up: Option<(String, bool)>,
    down: Option<(String, bool)>,
    /// Whether lines belong to the way back.
    back: bool,
    alone: bool,
    lines: usize,
}

impl Ways {
    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Up { no_transaction } => self.begin(false, *no_transaction),
            Mark::Down { no_transaction } => self.begin(true, *no_transaction),
            Mark::NoTransaction => self.alone = true,
            Mark::Nothing | Mark::Refused(_) => {}
        }
        self.line("");
    }

    /// Turns to a way, whose text gets empty lines for all that stands in front of it.
    fn begin(&mut self, back: bool, no_transaction: bool) {
        self.back = back;
        let way = if back { &mut self.down } else { &mut self.up };
        let way = way.get_or_insert_with(|| ("\n".repeat(self.lines), false));
        way.1 |= no_transaction;
    }

    /// Adds a line to the way at hand, and an empty one to the other, so that both keep their numbers.
    fn line(&mut self, line: &str) {
        self.lines += 1;
        for (way, back) in [(&mut self.up, false), (&mut self.down, true)] {
            if let Some((sql, _)) = way {
                sql.push_str(if back == self.back { line } else { "" });
                sql.push('\n');
            }
        }
        if self.up.is_none() && self.down.is_none() {
            self.before.push_str(line);
            self.before.push('\n');
        }
    }
}
