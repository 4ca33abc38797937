//! What a run has made so far: a table of its own keeps nobody waiting.

use super::effect::Change;
use super::estimate::Rows;
use super::known::Known;
use super::live::Live;
use super::name::Name;

/// A database in the middle of a run.
pub(super) struct Run {
    live: Live,
    /// Tables by the names they have now: newest last.
    named: Vec<(Name, Origin)>,
}

#[derive(Clone)]
enum Origin {
    /// The run made it, and perhaps filled it from another one.
    Made(Option<Rows>),
    /// It was there under this name.
    There(Name),
    /// The run dropped it, or gave it another name.
    Gone,
}

impl Run {
    pub(super) fn new(live: Live) -> Self {
        Self { live, named: Vec::new() }
    }

    pub(super) fn known(&self) -> &Known {
        &self.live.known
    }

    fn origin(&self, table: &Name) -> Option<&Origin> {
        self.named.iter().rev().find(|(name, _)| name.is(table)).map(|(_, origin)| origin)
    }

    /// The name that the table has in the database before the run; nothing for one that the run makes.
    pub(super) fn before(&self, table: &Name) -> Option<Name> {
        match self.origin(table) {
            Some(Origin::Made(_) | Origin::Gone) => None,
            Some(Origin::There(name)) => Some(name.clone()),
            None => Some(table.clone()),
        }
    }

    /// What is known of the database before the run.
    pub(super) fn live(&mut self) -> &mut Live {
        &mut self.live
    }

    /// Whether the run makes it.
    pub(super) fn is_new(&self, table: &Name) -> bool {
        matches!(self.origin(table), Some(Origin::Made(_)))
    }

    /// Whether the change makes the table, which was not there.
    pub(super) fn makes(&self, change: &Change, table: &Name) -> bool {
        let free = self.origin(table).map_or(!self.live.has(table), |origin| matches!(origin, Origin::Gone));
        matches!(change, Change::Makes(made) if made.is(table)) && free
    }

    /// How many rows it holds by then.
    pub(super) fn rows(&self, table: &Name) -> Option<Rows> {
        match self.origin(table) {
            Some(Origin::Made(rows)) => *rows,
            Some(Origin::There(name)) => self.live.rows(name),
            Some(Origin::Gone) => None,
            None => self.live.rows(table),
        }
    }

    /// Takes in what a statement changes.
    pub(super) fn learn(&mut self, change: &Change) {
        self.live.known.learn(change);
        match change {
            // `IF NOT EXISTS` and `OR REPLACE` make nothing new where there is one.
            Change::Makes(table) if self.origin(table).is_none() && self.live.has(table) => {}
            Change::Makes(table) => self.named.push((table.clone(), Origin::Made(None))),
            Change::Drops(table) => self.named.push((table.clone(), Origin::Gone)),
            Change::Renames { from, to } => {
                let origin = self.origin(from).cloned().unwrap_or_else(|| Origin::There(from.clone()));
                self.named.extend([(from.clone(), Origin::Gone), (to.clone(), origin)]);
            }
            Change::Fills { table, from } if self.is_new(table) => {
                let rows = self.rows(from);
                self.named.push((table.clone(), Origin::Made(rows)));
            }
            Change::Fills { .. } | Change::Indexes { .. } | Change::Checks(_) | Change::Validates { .. } => {}
        }
    }
}
