//! What has to change on one engine, so that it holds what the entities want.

use std::collections::BTreeSet;
use std::fmt;

use atriz_db::FileSet;

use super::GenerateError;
use crate::check::declared;
use crate::introspect::{self, Name, Schema};
use crate::logical::{Column, ForeignKey, Logical, Table};

/// One change of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A table comes.
    CreateTable { table: Name },
    /// A table goes, and its rows.
    DropTable { table: Name },
    /// A table is called otherwise.
    RenameTable { table: Name, to: String },
    /// A column is called otherwise.
    RenameColumn { table: Name, column: String, to: String },
    /// A column comes.
    AddColumn { table: Name, column: Column },
    /// A column goes, and what stood in it.
    DropColumn { table: Name, column: String },
    /// A column holds something else, or takes NULL or not, or has another default.
    AlterColumn { table: Name, column: Column, kind: bool, nullable: bool, default: bool },
    /// Other columns are the primary key.
    PrimaryKey { table: Name, columns: Vec<String> },
    /// A unique constraint comes.
    AddUnique { table: Name, columns: Vec<String> },
    /// A unique constraint goes, or a unique index where `index` says so.
    DropUnique { table: Name, name: String, index: bool },
    /// An index comes.
    AddIndex { table: Name, columns: Vec<String> },
    /// A foreign key comes.
    AddForeignKey { table: Name, key: ForeignKey },
    /// A foreign key goes.
    DropForeignKey { table: Name, name: String },
}

impl Change {
    /// The table that changes.
    pub(super) fn table(&self) -> &Name {
        match self {
            Self::CreateTable { table }
            | Self::DropTable { table }
            | Self::RenameTable { table, .. }
            | Self::RenameColumn { table, .. }
            | Self::AddColumn { table, .. }
            | Self::DropColumn { table, .. }
            | Self::AlterColumn { table, .. }
            | Self::PrimaryKey { table, .. }
            | Self::AddUnique { table, .. }
            | Self::DropUnique { table, .. }
            | Self::AddIndex { table, .. }
            | Self::AddForeignKey { table, .. }
            | Self::DropForeignKey { table, .. } => table,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CreateTable { table } => write!(formatter, "create table {table}"),
            Self::DropTable { table } => write!(formatter, "drop table {table}"),
            Self::RenameTable { table, to } => write!(formatter, "rename table {table} to {to}"),
            Self::RenameColumn { table, column, to } => write!(formatter, "rename column {table}.{column} to {to}"),
            Self::AddColumn { table, column } => write!(formatter, "add column {table}.{}", column.name),
            Self::DropColumn { table, column } => write!(formatter, "drop column {table}.{column}"),
            Self::AlterColumn { table, column, kind, nullable, default } => {
                let all = [(*kind, "type"), (*nullable, "nullability"), (*default, "default")];
                let what: Vec<&str> = all.into_iter().filter(|(there, _)| *there).map(|(_, what)| what).collect();
                write!(formatter, "change {} of column {table}.{}", what.join(" and "), column.name)
            }
            Self::PrimaryKey { table, columns } => {
                write!(formatter, "primary key of {table} is ({})", columns.join(", "))
            }
            Self::AddUnique { table, columns } => write!(formatter, "add unique ({}) to {table}", columns.join(", ")),
            Self::DropUnique { table, name, .. } => write!(formatter, "drop unique {name} of {table}"),
            Self::AddIndex { table, columns } => write!(formatter, "add index ({}) to {table}", columns.join(", ")),
            Self::AddForeignKey { table, key } => {
                write!(formatter, "add foreign key ({}) of {table} to {}", key.columns.join(", "), key.table)
            }
            Self::DropForeignKey { table, name } => write!(formatter, "drop foreign key {name} of {table}"),
        }
    }
}

/// What is never dropped, though no entity has it.
#[derive(Clone, Debug, Default)]
pub struct Keep {
    /// Tables by their bare names.
    pub tables: BTreeSet<String>,
    /// Columns by table and name.
    pub columns: BTreeSet<(String, String)>,
}

impl Keep {
    /// What `migrations/<database>/differences.toml` declares to differ.
    ///
    /// # Errors
    ///
    /// [`GenerateError::Declared`] where the file cannot be read.
    pub fn declared(files: &FileSet) -> Result<Self, GenerateError> {
        let mut keep = Self::default();
        for one in declared(files)? {
            match one.object.split_once(' ').filter(|_| one.kind.ends_with("_missing")) {
                Some(("table", table)) => drop(keep.tables.insert(table.to_owned())),
                Some(("column", column)) => {
                    let Some((table, column)) = column.split_once('.') else { continue };
                    keep.columns.insert((table.to_owned(), column.to_owned()));
                }
                _ => {}
            }
        }
        Ok(keep)
    }
}

/// One engine's schema, and the other's beside it.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) is: &'a Schema,
    /// The same in shared words.
    pub(super) said: &'a Logical,
    pub(super) other: &'a Schema,
    pub(super) wanted: &'a Logical,
    pub(super) keep: &'a Keep,
}

/// The table of this bare name.
pub(super) fn find<'a>(schema: &'a Schema, name: &str) -> Option<(&'a Name, &'a introspect::Table)> {
    schema.tables.iter().find(|(known, _)| known.name == name)
}

/// What the entities call otherwise, where they say so.
pub(super) fn renames(sides: Sides<'_>) -> Vec<Change> {
    let tables = renamed_tables(sides.is, sides.wanted);
    let mut found: Vec<Change> =
        tables.iter().map(|(table, to)| Change::RenameTable { table: table.clone(), to: to.clone() }).collect();
    for (name, table) in &sides.wanted.tables {
        let before = tables.iter().find(|(_, to)| to == name).map(|(before, _)| before.name.as_str());
        let left = tables.iter().any(|(before, _)| before.name == *name);
        let there = before.or_else(|| Some(name.as_str()).filter(|_| !left));
        let Some((old, is)) = there.and_then(|there| find(sides.is, there)) else { continue };
        let current = Name { name: name.clone(), ..old.clone() };
        for (column, to) in renamed_columns(is, table) {
            found.push(Change::RenameColumn { table: current.clone(), column, to });
        }
    }
    found
}

/// Tables and their new names, as [`renamed_columns`].
fn renamed_tables(is: &Schema, wanted: &Logical) -> Vec<(Name, String)> {
    let mut there: BTreeSet<&str> = is.tables.keys().map(|name| name.name.as_str()).collect();
    let mut found = Vec::new();
    loop {
        let next = wanted.tables.iter().find_map(|(name, table)| {
            let before = table.renamed_from.as_deref().filter(|before| there.contains(before))?;
            let taken_over = |other: &Table| other.renamed_from.as_deref().is_some_and(|from| there.contains(from));
            let free = !there.contains(name.as_str()) && wanted.tables.get(before).is_none_or(taken_over);
            free.then_some((before, name))
        });
        let Some((before, (old, _), name)) = next.and_then(|(before, name)| Some((before, find(is, before)?, name)))
        else {
            return found;
        };
        there.remove(before);
        there.insert(name);
        found.push((old.clone(), name.clone()));
    }
}

/// Old and new names of columns, in an order in which each new name is free. An old name that another column takes over
/// is no hint of the past where that column has nothing to come from.
fn renamed_columns(is: &introspect::Table, wanted: &Table) -> Vec<(String, String)> {
    let mut there: BTreeSet<&str> = is.columns.iter().map(|column| column.name.as_str()).collect();
    let mut found = Vec::new();
    loop {
        let free = |column: &&Column| {
            let Some(before) = column.renamed_from.as_deref() else { return false };
            let taken_over = |other: &Column| other.renamed_from.as_deref().is_some_and(|from| there.contains(from));
            there.contains(before)
                && !there.contains(column.name.as_str())
                && wanted.column(before).is_none_or(taken_over)
        };
        let Some(column) = wanted.columns.iter().find(free) else { return found };
        let Some(before) = column.renamed_from.as_deref() else { return found };
        there.remove(before);
        there.insert(&column.name);
        found.push((before.to_owned(), column.name.clone()));
    }
}
