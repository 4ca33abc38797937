//! What the pragmas say.

use serde::Deserialize;

/// All that was asked for.
pub(super) struct Catalogue {
    pub(super) tables: Vec<TableRow>,
    pub(super) statements: Vec<StatementRow>,
    pub(super) columns: Vec<ColumnRow>,
    pub(super) index_columns: Vec<IndexColumnRow>,
    pub(super) foreign_keys: Vec<ForeignKeyRow>,
}

#[derive(Deserialize)]
pub(super) struct TableRow {
    pub(super) name: String,
    /// `table`, `virtual` or `view`.
    pub(super) kind: String,
    pub(super) without_rowid: i64,
    pub(super) strict: i64,
}

#[derive(Deserialize)]
pub(super) struct StatementRow {
    /// `table`, `index`, `trigger` or `view`.
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) owner: String,
    pub(super) sql: String,
}

#[derive(Deserialize)]
pub(super) struct ColumnRow {
    pub(super) owner: String,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) type_name: String,
    pub(super) not_null: i64,
    pub(super) default: Option<String>,
    /// The place in the primary key, from one.
    pub(super) key: i64,
    /// 1: of a virtual table; 2: computed when read; 3: computed and stored.
    pub(super) hidden: i64,
}

#[derive(Deserialize)]
pub(super) struct IndexColumnRow {
    pub(super) owner: String,
    pub(super) index: String,
    pub(super) unique: i64,
    /// `c` by CREATE INDEX, `u` by UNIQUE, `pk` by PRIMARY KEY.
    pub(super) origin: String,
    pub(super) place: usize,
    /// -1 for the rowid, -2 for an expression.
    pub(super) number: i64,
    pub(super) name: Option<String>,
    pub(super) descending: i64,
    pub(super) collation: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct ForeignKeyRow {
    pub(super) owner: String,
    pub(super) id: i64,
    pub(super) table: String,
    pub(super) column: String,
    /// Nothing where the primary key is meant.
    pub(super) referenced: Option<String>,
    pub(super) on_update: String,
    pub(super) on_delete: String,
}
