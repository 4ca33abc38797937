//! The page of one database.

use std::collections::BTreeMap;

use atriz_db::catalog::LogicalReference;
use atriz_db::{Catalog, Descriptor};

use super::folder::MARK;
use super::links::Anchors;
use super::markdown::{code, codes, prose, table as grid};
use super::{diagram, objects, table};
use crate::introspect::{Name, Schema, Table};

/// What a page is made of.
pub(super) struct PageOf<'a> {
    pub(super) database: &'a Descriptor,
    pub(super) catalog: &'a Catalog,
    /// PostgreSQL's.
    pub(super) schema: &'a Schema,
    pub(super) sqlite: &'a Schema,
}

impl PageOf<'_> {
    pub(super) fn text(&self) -> String {
        let mut parts = vec![MARK.to_owned(), format!("# {}", code(&self.database.name)), self.beginning()];
        for (title, picture) in diagram::of(self) {
            parts.push(format!("## {title}\n\n```mermaid\n{picture}```"));
        }
        parts.push(format!("## Tables\n\n{}", self.contents()));
        parts.extend(self.schema.tables.iter().map(|(name, one)| table::text(self, name, one)));
        parts.extend(objects::text(self));
        parts.retain(|part| !part.is_empty());
        format!("{}\n", parts.join("\n\n"))
    }

    /// The tables by their names, with links to them.
    pub(super) fn anchors(&self) -> Anchors {
        Anchors::of(self.schema.tables.keys())
    }

    /// The table of the same name on SQLite, where schemas are not known.
    pub(super) fn sqlite_table(&self, name: &Name) -> Option<&Table> {
        self.sqlite.tables.get(&Name::bare(&name.name))
    }

    /// Where a table points to in other databases.
    pub(super) fn references_from(&self, name: &Name) -> impl Iterator<Item = &LogicalReference> {
        self.database.references.iter().filter(|reference| reference.table == name.name)
    }

    /// Where other databases point to a table.
    pub(super) fn references_to(&self, name: &Name) -> impl Iterator<Item = (&str, &LogicalReference)> {
        let all =
            self.catalog.databases().iter().flat_map(|database| {
                database.references.iter().map(move |reference| (database.name.as_str(), reference))
            });
        all.filter(|(_, reference)| reference.database == self.database.name && reference.referenced_table == name.name)
    }

    fn beginning(&self) -> String {
        let mut lines = vec![format!("Owned by {}.", code(&self.database.folder))];
        if !self.database.after.is_empty() {
            let before = self.database.after.iter().map(|name| format!("[{}]({})", code(name), super::file_of(name)));
            lines.push(format!("Comes after {}.", before.collect::<Vec<_>>().join(", ")));
        }
        if !self.database.schemas.is_empty() {
            lines.push(format!("Schemas on PostgreSQL, beside `public`: {}.", codes(&self.database.schemas)));
        }
        if !self.schema.extensions.is_empty() {
            lines.push(format!("Extensions: {}.", codes(self.schema.extensions.keys())));
        }
        lines.join(" ")
    }

    fn contents(&self) -> String {
        let anchors = self.anchors();
        let row = |(name, table): (&Name, &Table)| {
            let shown = super::markdown::cell_code(&name.to_string());
            vec![anchors.link(name, &shown), table.comment.as_deref().map(prose).unwrap_or_default()]
        };
        let rows: Vec<_> = self.schema.tables.iter().map(row).collect();
        if rows.is_empty() {
            "None.".to_owned()
        } else {
            grid(&["table", "what it holds"], &rows).trim_end().to_owned()
        }
    }

    /// The tables of each schema, as a picture shows them.
    pub(super) fn by_schema(&self) -> BTreeMap<&str, Vec<(&Name, &Table)>> {
        let mut schemas: BTreeMap<&str, Vec<(&Name, &Table)>> = BTreeMap::new();
        for (name, table) in &self.schema.tables {
            schemas.entry(name.schema.as_str()).or_default().push((name, table));
        }
        schemas
    }
}
