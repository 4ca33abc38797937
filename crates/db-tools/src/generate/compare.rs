//! What differs between a schema and its entities, behind the renames.

use atriz_db::Engine;

use super::change::{Change, Sides, find};
use super::want::same_set;
use crate::introspect::{self, Name, TableKind};
use crate::logical::{Action, Column, ForeignKey, Source, Table};

/// What differs otherwise.
pub(super) fn changes(sides: Sides<'_>) -> Vec<Change> {
    let mut found = Vec::new();
    for (name, wanted) in &sides.wanted.tables {
        match find(sides.is, name) {
            None => {
                let schema = if sides.is.engine == Engine::Postgres { wanted.schema.as_str() } else { "" };
                found.push(Change::CreateTable { table: Name::new(schema, name) });
            }
            Some((name, is)) => Compared { sides, name, is, wanted, left: is.clone(), found: &mut found }.all(),
        }
    }
    for (name, table) in &sides.is.tables {
        let both = find(sides.other, &name.name).is_some_and(|(_, other)| other.kind != TableKind::Virtual);
        let gone = !sides.wanted.tables.contains_key(&name.name) && !sides.keep.tables.contains(&name.name);
        if gone && both && table.kind != TableKind::Virtual && table.kind != TableKind::Foreign {
            found.push(Change::DropTable { table: name.clone() });
        }
    }
    found
}

/// A table on one engine, held against its entity.
struct Compared<'a, 'b> {
    sides: Sides<'a>,
    name: &'a Name,
    is: &'a introspect::Table,
    wanted: &'a Table,
    /// The table without the keys that go, and with the one that comes: what indexes are held against.
    left: introspect::Table,
    found: &'b mut Vec<Change>,
}

impl Compared<'_, '_> {
    fn all(&mut self) {
        self.columns();
        self.primary_key();
        self.uniques();
        self.indexes();
        self.foreign_keys();
    }

    fn columns(&mut self) {
        let table = self.name.clone();
        let said = self.sides.said.tables.get(&table.name);
        for column in &self.wanted.columns {
            let Some(is) = self.is.column(&column.name) else {
                self.found.push(Change::AddColumn { table: table.clone(), column: column.clone() });
                continue;
            };
            let Some(said) = said.and_then(|said| said.column(&column.name)) else { continue };
            let kind = !column.kind.is_like(Source::Entities, &said.kind, self.sides.said.source);
            if is.generated.is_some() {
                // An entity says no more of a column that is computed than what it holds.
                let column = Column { nullable: said.nullable, default: None, ..column.clone() };
                let (table, nullable, default) = (table.clone(), false, false);
                self.found.extend(kind.then_some(Change::AlterColumn { table, column, kind, nullable, default }));
                continue;
            }
            let (nullable, default) = (column.nullable != said.nullable, column.default != said.default);
            if kind || nullable || default {
                let column = column.clone();
                self.found.push(Change::AlterColumn { table: table.clone(), column, kind, nullable, default });
            }
        }
        for column in self.dropped() {
            self.found.push(Change::DropColumn { table: table.clone(), column });
        }
    }

    /// Columns that both engines have and the entity lacks.
    fn dropped(&self) -> Vec<String> {
        let other = find(self.sides.other, &self.name.name).map(|(_, table)| table);
        let gone = |column: &&introspect::Column| {
            let key = (self.name.name.clone(), column.name.clone());
            self.wanted.column(&column.name).is_none()
                && !self.sides.keep.columns.contains(&key)
                && other.is_some_and(|other| other.column(&column.name).is_some())
        };
        self.is.columns.iter().filter(gone).map(|column| column.name.clone()).collect()
    }

    fn primary_key(&mut self) {
        let Some(key) = &self.wanted.primary_key else { return };
        let same = self.is.primary_key.as_ref().is_some_and(|is| same_set(&is.columns, &key.columns));
        if !same {
            let (table, columns) = (self.name.clone(), key.columns.clone());
            if let Some(left) = &mut self.left.primary_key {
                left.columns.clone_from(&columns);
            }
            self.found.push(Change::PrimaryKey { table, columns });
        }
    }

    fn uniques(&mut self) {
        let wanted: Vec<Vec<String>> = unique_keys(self.wanted).collect();
        let table = self.name.clone();
        let key = self.is.primary_key.as_ref().map(|key| &key.columns);
        for columns in &wanted {
            let there = uniques(self.is).any(|(_, is, _)| same_set(&is, columns));
            if !there && !key.is_some_and(|key| same_set(key, columns)) {
                self.found.push(Change::AddUnique { table: table.clone(), columns: columns.clone() });
            }
        }
        for (name, columns, index) in uniques(self.is) {
            // An entity names one unique key a column: where one of these columns stands in another key already, the
            // entity could not say that this one is unique too, so its silence says nothing.
            let sayable = |column: &String| {
                columns.len() == 1 || !wanted.iter().any(|other| other.len() > 1 && other.contains(column))
            };
            let known = columns.iter().all(|column| self.wanted.column(column).is_some());
            if known && !wanted.iter().any(|other| same_set(other, &columns)) && columns.iter().all(sayable) {
                self.left.uniques.remove(&name);
                if index {
                    self.left.indexes.remove(&name);
                }
                self.found.push(Change::DropUnique { table: table.clone(), name, index });
            }
        }
    }

    /// What an entity does not say of indexes says nothing: it cannot say an index over several columns.
    fn indexes(&mut self) {
        for columns in plain_indexes(self.wanted) {
            if !indexed(&self.left, &columns, true) {
                self.found.push(Change::AddIndex { table: self.name.clone(), columns });
            }
        }
    }

    fn foreign_keys(&mut self) {
        let table = self.name.clone();
        let same = |is: &introspect::ForeignKey, key: &ForeignKey| {
            is.table.name == key.table
                && is.columns == key.columns
                && is.referenced == key.referenced
                && self.same_action(&is.on_delete, key.on_delete)
                && self.same_action(&is.on_update, key.on_update)
        };
        let wanted: Vec<&ForeignKey> = self.wanted.foreign_keys.values().collect();
        let dropped = self.is.foreign_keys.iter().filter(|(_, is)| !wanted.iter().any(|key| same(is, key)));
        let dropped: Vec<String> = dropped
            .filter(|(_, is)| is.columns.iter().all(|column| self.wanted.column(column).is_some()))
            .map(|(name, _)| name.clone())
            .collect();
        let added: Vec<&ForeignKey> =
            wanted.iter().copied().filter(|key| !self.is.foreign_keys.values().any(|is| same(is, key))).collect();
        self.found.extend(dropped.into_iter().map(|name| Change::DropForeignKey { table: table.clone(), name }));
        for key in added {
            let led = indexed(&self.left, &key.columns, false)
                || plain_indexes(self.wanted)
                    .chain(unique_keys(self.wanted))
                    .any(|index| index.starts_with(&key.columns));
            let change = Change::AddIndex { table: table.clone(), columns: key.columns.clone() };
            if !led && !self.found.contains(&change) {
                self.found.push(change);
            }
            self.found.push(Change::AddForeignKey { table: table.clone(), key: key.clone() });
        }
    }

    /// SQLite says NO ACTION where PostgreSQL says RESTRICT.
    fn same_action(&self, is: &str, wanted: Action) -> bool {
        let wanted = match (wanted, self.sides.is.engine) {
            (Action::Restrict, Engine::Sqlite) => Action::NoAction,
            (wanted, _) => wanted,
        };
        is.eq_ignore_ascii_case(&wanted.to_string())
    }
}

/// The columns of what an entity says is unique.
pub(super) fn unique_keys(table: &Table) -> impl Iterator<Item = Vec<String>> {
    table.indexes.values().filter(|index| index.unique && is_plain(index)).map(columns_of)
}

/// The columns of what an entity says is indexed.
pub(super) fn plain_indexes(table: &Table) -> impl Iterator<Item = Vec<String>> {
    table.indexes.values().filter(|index| !index.unique && is_plain(index)).map(columns_of)
}

fn columns_of(index: &crate::logical::Index) -> Vec<String> {
    index.keys.iter().map(|key| key.key.clone()).collect()
}

/// Whether it is over columns alone, and over all rows.
pub(super) fn is_plain(index: &crate::logical::Index) -> bool {
    index.predicate.is_none() && index.method.is_none() && index.keys.iter().all(|key| !key.expression)
}

/// Unique constraints and unique indexes over columns and all rows: name, columns, whether it is an index.
fn uniques(table: &introspect::Table) -> impl Iterator<Item = (String, Vec<String>, bool)> {
    let constraints = table.uniques.iter().map(|(name, unique)| (name.clone(), unique.columns.clone(), false));
    let full = |index: &introspect::Index| {
        index.unique && index.predicate.is_none() && index.columns.iter().all(|column| !column.expression)
    };
    let indexes = table
        .indexes
        .iter()
        .filter(move |(_, index)| full(index))
        .map(|(name, index)| (name.clone(), index.columns.iter().map(|column| column.key.clone()).collect(), true));
    constraints.chain(indexes)
}

/// Whether an index or key is over these columns, or leads with them.
fn indexed(table: &introspect::Table, columns: &[String], exactly: bool) -> bool {
    let fits = |is: &[String]| if exactly { is == columns } else { is.starts_with(columns) };
    let key = table.primary_key.as_ref().is_some_and(|key| fits(&key.columns));
    let unique = table.uniques.values().any(|unique| fits(&unique.columns));
    let index = table
        .indexes
        .values()
        .filter(|index| index.predicate.is_none())
        .any(|index| fits(&index.columns.iter().map(|column| column.key.clone()).collect::<Vec<_>>()));
    key || unique || index
}
