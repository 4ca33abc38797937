//! What the heading of a file means for its table.

use sea_orm::sea_query::ColumnType;

use super::SeedError;
use crate::catalog::{Descriptor, TableModel};

/// How the rows of a file become rows of a table.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) table: TableModel,
    /// What is staged, in order.
    pub(super) columns: Vec<Column>,
    /// The cells of the natural key.
    pub(super) key: Vec<usize>,
    /// Whether the loader draws a version for new and changed rows.
    pub(super) draws_version: bool,
    /// Columns of time that the loader fills in.
    pub(super) stamps: Vec<&'static str>,
}

/// One staged column.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: ColumnType,
    pub(super) nullable: bool,
    pub(super) source: Source,
    /// As the file's heading says it, for messages.
    pub(super) heading: String,
}

/// Where a staged value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The cell itself.
    Cell(usize),
    /// The id of the row that the cell names in this table; whether that table is in this database.
    Parent { cell: usize, table: String, local: bool },
    /// The id made of the natural key.
    Id,
}

impl Shape {
    /// Reads the heading `cells` of `file` for the table it is named after.
    pub(super) fn of(database: &Descriptor, table: &str, file: &str, cells: &[String]) -> Result<Self, SeedError> {
        let missing = || SeedError::Table { file: file.to_owned(), table: table.to_owned() };
        let table = database.table(table).ok_or_else(missing)?.clone();
        let mut shape = Self { table, columns: Vec::new(), key: Vec::new(), draws_version: false, stamps: Vec::new() };
        for (index, heading) in cells.iter().enumerate() {
            let (name, in_key) = heading.strip_suffix('*').map_or((heading.as_str(), false), |name| (name, true));
            if in_key {
                shape.key.push(index);
            }
            let column = match name.split_once(':') {
                Some((relation, _)) => shape.parent(database, file, heading, relation, index)?,
                None => shape.plain(file, heading, name, index)?,
            };
            if let Some(first) = shape.columns.iter().find(|first| first.name == column.name) {
                return Err(SeedError::DuplicateColumn {
                    file: file.to_owned(),
                    column: column.name,
                    headings: format!("`{}` and `{heading}`", first.heading),
                });
            }
            shape.columns.push(column);
        }
        // Only a file without rows has no heading, and nothing to fill in.
        if !cells.is_empty() {
            shape.fill_in(file)?;
        }
        Ok(shape)
    }

    fn plain(&self, file: &str, heading: &str, name: &str, cell: usize) -> Result<Column, SeedError> {
        let model = self.table.column(name).ok_or_else(|| self.unknown(file, name))?;
        Ok(Column {
            name: name.to_owned(),
            kind: model.kind.clone(),
            nullable: model.nullable,
            source: Source::Cell(cell),
            heading: heading.to_owned(),
        })
    }

    fn parent(
        &self,
        database: &Descriptor,
        file: &str,
        heading: &str,
        relation: &str,
        cell: usize,
    ) -> Result<Column, SeedError> {
        let name = format!("{relation}_id");
        let mut column = self.plain(file, heading, &name, cell)?;
        let elsewhere =
            database.references.iter().find(|reference| reference.table == self.table.name && reference.column == name);
        let (table, local) = match (self.table.parent_of(&name), elsewhere) {
            (Some(key), _) => (key.table.clone(), true),
            (None, Some(reference)) => (reference.referenced_table.clone(), false),
            (None, None) => {
                let (file, heading) = (file.to_owned(), heading.to_owned());
                return Err(SeedError::NoParentTable { file, heading, column: name });
            }
        };
        column.source = Source::Parent { cell, table, local };
        Ok(column)
    }

    fn unknown(&self, file: &str, name: &str) -> SeedError {
        let known = self.table.columns.iter().map(|column| column.name.as_str());
        SeedError::Column {
            file: file.to_owned(),
            table: self.table.name.clone(),
            column: name.to_owned(),
            nearest: crate::catalog_nearest(name, known).map(str::to_owned),
        }
    }

    /// Adds what the file leaves to the loader.
    fn fill_in(&mut self, file: &str) -> Result<(), SeedError> {
        let lacks = |shape: &Self, name: &str| {
            shape.table.column(name).is_some() && shape.columns.iter().all(|column| column.name != name)
        };
        if lacks(self, "id") {
            if self.key.is_empty() {
                return Err(SeedError::NoKey { file: file.to_owned() });
            }
            let column = Column {
                name: "id".to_owned(),
                kind: ColumnType::Uuid,
                nullable: false,
                source: Source::Id,
                heading: "id".to_owned(),
            };
            self.columns.push(column);
        }
        self.draws_version = lacks(self, "version");
        for stamp in ["created_at", "updated_at"] {
            if lacks(self, stamp) {
                self.stamps.push(stamp);
            }
        }
        Ok(())
    }

    /// The cells that tell a row from the others, as its author sees it.
    pub(super) fn key_cells(&self) -> Vec<usize> {
        if !self.key.is_empty() {
            return self.key.clone();
        }
        let of_key = self.columns.iter().filter(|column| self.table.primary_key.contains(&column.name));
        let cell = |column: &Column| match column.source {
            Source::Cell(cell) | Source::Parent { cell, .. } => Some(cell),
            Source::Id => None,
        };
        of_key.filter_map(cell).collect()
    }

    /// The staged columns beside the primary key: what an upsert may change.
    pub(super) fn data(&self) -> Vec<&str> {
        let names = self.columns.iter().map(|column| column.name.as_str());
        names.filter(|name| !self.table.primary_key.iter().any(|key| key == name)).collect()
    }

    /// The staged columns.
    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }
}
