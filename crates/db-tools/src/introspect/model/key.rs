//! Keys, indexes and checks.

use serde::Serialize;

use super::{Name, is_false};

/// A primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Its name; SQLite knows it only where the migration gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constraint: Option<String>,
    /// The columns in the key's order.
    pub columns: Vec<String>,
    /// Columns stored beside the key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// `deferrable`, `initially deferred`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<String>,
}

/// A unique constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unique {
    /// The columns in the constraint's order.
    pub columns: Vec<String>,
    /// Columns stored beside the key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// Whether two NULLs count as the same.
    #[serde(skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// `deferrable`, `initially deferred`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An index that stands behind no constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Whether it is unique.
    pub unique: bool,
    /// What is indexed, in order.
    pub columns: Vec<IndexColumn>,
    /// Columns stored beside the key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<String>,
    /// The access method where it is not `btree`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The condition of a partial index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub predicate: Option<String>,
    /// Whether two NULLs count as the same.
    #[serde(skip_serializing_if = "is_false")]
    pub nulls_not_distinct: bool,
    /// A concurrent build that broke off left it unusable.
    #[serde(skip_serializing_if = "is_false")]
    pub invalid: bool,
    /// PostgreSQL's own definition: operator classes, collations and storage are only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// One column of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IndexColumn {
    /// The column, or the expression.
    pub key: String,
    /// Whether it is an expression.
    #[serde(skip_serializing_if = "is_false")]
    pub expression: bool,
    /// Whether it is sorted downwards.
    #[serde(skip_serializing_if = "is_false")]
    pub descending: bool,
    /// Whether NULLs come where they do not by themselves: first upwards, last downwards. SQLite never says so.
    #[serde(skip_serializing_if = "is_false")]
    pub nulls_moved: bool,
    /// The collation where it is not the column's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// The operator class where it is not the type's own (PostgreSQL).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<String>,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForeignKey {
    /// The columns that refer.
    pub columns: Vec<String>,
    /// The table referred to.
    pub table: Name,
    /// The columns referred to.
    pub referenced: Vec<String>,
    /// `no action`, `restrict`, `cascade`, `set null`, `set default`.
    pub on_delete: String,
    /// As `on_delete`.
    pub on_update: String,
    /// `full` or `partial` where it is not the simple match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub matching: Option<String>,
    /// `deferrable`, `initially deferred`, or nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<String>,
    /// Old rows were never looked at.
    #[serde(skip_serializing_if = "is_false")]
    pub not_valid: bool,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A CHECK.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The condition, as the engine spells it: PostgreSQL from its syntax tree, SQLite as it was written.
    pub expression: String,
    /// Old rows were never looked at.
    #[serde(skip_serializing_if = "is_false")]
    pub not_valid: bool,
    /// Tables that inherit do not have it.
    #[serde(skip_serializing_if = "is_false")]
    pub no_inherit: bool,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}
