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
    /// The columns.
    pub columns: Vec<Column>,
    /// The constraints `CHECK (column IS NOT NULL)`.
    pub checks: Vec<NotNullCheck>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its table.
    pub table: Name,
    /// Its name.
    pub name: String,
    /// Its type, as `format_type` writes it.
    pub kind: String,
    /// Whether it is NOT NULL.
    pub not_null: bool,
    /// Whether a CHECK names it.
    pub checked: bool,
}

/// A constraint `CHECK (column IS NOT NULL)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotNullCheck {
    /// Its table.
    pub table: Name,
    /// The constraint's name.
    pub constraint: String,
    /// The column that it is about.
    pub column: String,
    /// Whether it was proven for the rows that there are.
    pub valid: bool,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The constraint's name.
    pub constraint: String,
    /// The table that refers.
    pub table: Name,
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table referred to.
    pub referenced: Name,
    /// The columns referred to.
    pub referenced_columns: Vec<String>,
}

impl Known {
    /// The table of an index.
    pub(super) fn table_of(&self, index: &Name) -> Option<&Name> {
        self.indexes.iter().rev().find(|(known, _)| known.is(index)).map(|(_, table)| table)
    }

    /// A column.
    pub(super) fn column(&self, table: &Name, column: &str) -> Option<&Column> {
        self.columns.iter().find(|known| known.name == column && known.table.is(table))
    }

    /// Whether a column is known to hold no NULL.
    pub(super) fn is_proven(&self, table: &Name, column: &str) -> bool {
        let proves = |check: &NotNullCheck| check.valid && check.column == column && check.table.is(table);
        self.column(table, column).is_some_and(|known| known.not_null) || self.checks.iter().any(proves)
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

    /// The tables at the other end of the foreign keys that a column of `table` takes part in.
    pub(super) fn related_by(&self, table: &Name, column: &str) -> Vec<Name> {
        let named = |columns: &[String]| columns.iter().any(|name| name == column);
        let other = |key: &Reference| {
            if key.table.is(table) && named(&key.columns) {
                Some(key.referenced.clone())
            } else {
                (key.referenced.is(table) && named(&key.referenced_columns)).then(|| key.table.clone())
            }
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
            Change::Checks(check) => self.checks.push(check.clone()),
            Change::Validates { table, constraint } => {
                let mut checks = self.checks.iter_mut();
                if let Some(check) = checks.find(|check| check.constraint == *constraint && check.table.is(table)) {
                    check.valid = true;
                }
            }
            Change::Makes(_) | Change::Drops(_) | Change::Fills { .. } => {}
        }
    }
}
