//! Tables and what hangs on them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Check, ForeignKey, Index, Key, Unique, is_false};

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    /// What sort of table.
    pub kind: TableKind,
    /// In the order of the table, which a comparison by [`super::super::difference()`] does not look at.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// The primary key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<Key>,
    /// Unique constraints by name. One without a name is called by its columns in parentheses; so it is below.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub uniques: BTreeMap<String, Unique>,
    /// Indexes that stand behind no constraint.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub indexes: BTreeMap<String, Index>,
    /// Foreign keys.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub foreign_keys: BTreeMap<String, ForeignKey>,
    /// CHECKs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<String, Check>,
    /// Exclusion constraints: PostgreSQL's definition.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub exclusions: BTreeMap<String, String>,
    /// Triggers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub triggers: BTreeMap<String, Trigger>,
    /// Row security policies.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub policies: BTreeMap<String, Policy>,
    /// Whether policies apply.
    #[serde(skip_serializing_if = "RowSecurity::is_off")]
    pub row_security: RowSecurity,
    /// How rows are spread over partitions: `RANGE (recorded_at)`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_key: Option<String>,
    /// The partitions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub partitions: BTreeMap<String, Partition>,
    /// Storage parameters, `unlogged`; on SQLite `strict`, `without rowid`, `autoincrement` and what becomes of rows
    /// that break a rule, `unique (code) on conflict replace`. Sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The statement that made a virtual table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// The owning role; `<owner>` is that of the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How rights differ from those an owner gives by default: `<app> SELECT`, `-public EXECUTE`. Sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// In the options of a table of SQLite: what becomes of a row that breaks a rule.
pub(crate) const CONFLICT: &str = " on conflict ";

/// What sort of table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableKind {
    /// One with rows of its own.
    #[default]
    Plain,
    /// One whose rows stand in partitions.
    Partitioned,
    /// One of another server.
    Foreign,
    /// One of a SQLite module, such as full-text search.
    Virtual,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type with its parameters, as the engine spells it: `character varying(40)`, `TEXT`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Whether NULL may stand in it.
    pub nullable: bool,
    /// The default's expression.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// `always` or `by default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// How it is computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated: Option<Generated>,
    /// The collation where it is not the type's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// A column that `SELECT *` leaves out (SQLite's virtual tables).
    #[serde(skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Rights on the column alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// How a generated column is computed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Generated {
    /// From what.
    pub expression: String,
    /// Whether it is stored, or computed when read.
    pub stored: bool,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trigger {
    /// The statement that makes it.
    pub definition: String,
    /// The function it calls (PostgreSQL).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// `disabled`, `replica` or `always` where it is not simply enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A row security policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// `all`, `select`, `insert`, `update` or `delete`.
    pub command: String,
    /// Whether one of several is enough.
    pub permissive: bool,
    /// For whom. Sorted.
    pub roles: Vec<String>,
    /// Which rows are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    /// Which rows may be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// Whether policies apply to a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowSecurity {
    /// They do not.
    #[default]
    Off,
    /// To everybody but the owner.
    On,
    /// To everybody.
    Forced,
}

impl RowSecurity {
    /// Whether they do not apply.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(crate) fn is_off(&self) -> bool {
        *self == Self::Off
    }
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Partition {
    /// Its bounds: `FOR VALUES FROM (…) TO (…)`.
    pub bound: String,
    /// It, as a table of its own.
    pub table: Table,
}
