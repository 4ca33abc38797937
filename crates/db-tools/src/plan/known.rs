//! What is known of the database beside the statement at hand.

use super::effect::Change;
use super::name::Name;

/// What is known of the database beside the statement at hand.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Which table each index belongs to.
    pub indexes: Vec<(Name, Name)>,
    /// The foreign keys.
    pub references: Vec<Reference>,
    /// The type of each column, as `format_type` writes it.
    pub types: Vec<(Name, String, String)>,
    /// Columns that a constraint proves to hold no NULL.
    pub proven: Vec<(Name, String)>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The constraint's name.
    pub constraint: String,
    /// The table that refers.
    pub table: Name,
    /// The table referred to.
    pub referenced: Name,
}

impl Known {
    /// The table of an index.
    pub(super) fn table_of(&self, index: &Name) -> Option<&Name> {
        self.indexes.iter().rev().find(|(known, _)| known.is(index)).map(|(_, table)| table)
    }

    /// The type of a column.
    pub(super) fn type_of(&self, table: &Name, column: &str) -> Option<&str> {
        let found = self.types.iter().find(|(known, name, _)| known.is(table) && name == column);
        found.map(|(_, _, kind)| kind.as_str())
    }

    /// Whether a column is known to hold no NULL.
    pub(super) fn is_proven(&self, table: &Name, column: &str) -> bool {
        self.proven.iter().any(|(known, name)| known.is(table) && name == column)
    }

    /// The table that a foreign key of `table` refers to.
    pub(super) fn referenced_by(&self, table: &Name, constraint: &str) -> Option<&Name> {
        let found = self.references.iter().find(|key| key.table.is(table) && key.constraint == constraint);
        found.map(|key| &key.referenced)
    }

    /// The other tables at either end of the foreign keys of `table`.
    pub(super) fn related(&self, table: &Name) -> Vec<Name> {
        let other = |key: &Reference| match (key.table.is(table), key.referenced.is(table)) {
            (true, false) => Some(key.referenced.clone()),
            (false, true) => Some(key.table.clone()),
            _ => None,
        };
        self.references.iter().filter_map(other).collect()
    }

    /// The tables that `table` refers to.
    pub(super) fn parents(&self, table: &Name) -> Vec<Name> {
        let keys = self.references.iter().filter(|key| key.table.is(table) && !key.referenced.is(table));
        keys.map(|key| key.referenced.clone()).collect()
    }

    /// Takes in what a statement changes.
    pub(super) fn learn(&mut self, change: &Change) {
        match change {
            Change::Indexes { index, table } => self.indexes.push((table.beside(index), table.clone())),
            Change::Renames { from, to } => {
                for (_, table) in self.indexes.iter_mut().filter(|(_, table)| table.is(from)) {
                    *table = from.beside(to);
                }
            }
            Change::Makes(_) | Change::Drops(_) | Change::Fills { .. } => {}
        }
    }
}
