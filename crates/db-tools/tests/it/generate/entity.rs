//! Entities by hand.

use std::collections::BTreeMap;

use atriz_db_tools::logical::{
    Action, Column, ColumnType, ForeignKey, Index, IndexKey, Logical, PrimaryKey, Source, Table,
};

/// All entities of a database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entities(BTreeMap<String, Table>);

/// One entity.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    pub(crate) name: String,
    pub(crate) table: Table,
}

pub(crate) fn column(name: &str, kind: ColumnType) -> Column {
    Column {
        name: name.to_owned(),
        kind,
        nullable: false,
        default: None,
        generated: None,
        identity: false,
        collation: None,
        comment: None,
        renamed_from: None,
    }
}

impl Entities {
    pub(crate) fn of(entities: impl IntoIterator<Item = Entity>) -> Self {
        Self(entities.into_iter().map(|entity| (entity.name, entity.table)).collect())
    }

    pub(crate) fn logical(&self) -> Logical {
        Logical { source: Source::Entities, tables: self.0.clone(), views: BTreeMap::new() }
    }
}

impl Entity {
    /// An entity with an `id`.
    pub(crate) fn new(name: &str) -> Self {
        Self::bare(name).with(column("id", ColumnType::Uuid)).key(&["id"])
    }

    pub(crate) fn bare(name: &str) -> Self {
        Self { name: name.to_owned(), table: Table { schema: "app".to_owned(), ..Table::default() } }
    }

    /// In another schema.
    pub(crate) fn of(mut self, schema: &str) -> Self {
        schema.clone_into(&mut self.table.schema);
        self
    }

    pub(crate) fn with(mut self, column: Column) -> Self {
        self.table.columns.push(column);
        self
    }

    pub(crate) fn column(self, name: &str, kind: ColumnType) -> Self {
        self.with(column(name, kind))
    }

    pub(crate) fn nullable(self, name: &str, kind: ColumnType) -> Self {
        self.with(Column { nullable: true, ..column(name, kind) })
    }

    pub(crate) fn default(self, name: &str, kind: ColumnType, default: &str) -> Self {
        self.with(Column { default: Some(default.to_owned()), ..column(name, kind) })
    }

    pub(crate) fn was(mut self, before: &str) -> Self {
        self.table.columns.last_mut().unwrap().renamed_from = Some(before.to_owned());
        self
    }

    /// A key that the database numbers.
    pub(crate) fn numbered(self) -> Self {
        self.with(Column { identity: true, ..column("id", ColumnType::BigInteger) }).key(&["id"])
    }

    pub(crate) fn commented(mut self, text: &str) -> Self {
        self.table.comment = Some(text.to_owned());
        for column in &mut self.table.columns {
            column.comment = Some(format!("{text} {}", column.name));
        }
        self
    }

    pub(crate) fn table_was(mut self, before: &str) -> Self {
        self.table.renamed_from = Some(before.to_owned());
        self
    }

    pub(crate) fn key(mut self, columns: &[&str]) -> Self {
        self.table.primary_key = Some(PrimaryKey { name: None, columns: owned(columns) });
        self
    }

    pub(crate) fn unique(self, columns: &[&str]) -> Self {
        self.index(columns, true)
    }

    pub(crate) fn indexed(self, columns: &[&str]) -> Self {
        self.index(columns, false)
    }

    fn index(mut self, columns: &[&str], unique: bool) -> Self {
        let key = |key: &&str| IndexKey::column(key);
        let index = Index {
            unique,
            constraint: unique,
            keys: columns.iter().map(key).collect(),
            predicate: None,
            method: None,
            include: Vec::new(),
            nulls_not_distinct: false,
        };
        self.table.indexes.insert(format!("{unique}_{}", columns.join("_")), index);
        self
    }

    /// A foreign key to the `id` of a table.
    pub(crate) fn refers(self, column: &str, table: &str, on_delete: Action) -> Self {
        self.refers_to(&[column], table, &["id"], on_delete)
    }

    pub(crate) fn refers_to(mut self, columns: &[&str], table: &str, referenced: &[&str], on_delete: Action) -> Self {
        let key = ForeignKey {
            columns: owned(columns),
            table: table.to_owned(),
            referenced: owned(referenced),
            on_delete,
            on_update: Action::NoAction,
            deferrable: None,
            matching: None,
        };
        self.table.foreign_keys.insert(format!("{}_{table}", columns.join("_")), key);
        self
    }
}

fn owned(columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| (*column).to_owned()).collect()
}
