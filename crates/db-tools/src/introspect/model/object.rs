//! What is neither a table nor hangs on one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Column, Index, Trigger, is_false};

/// A namespace of PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Namespace {
    /// The owning role; `<owner>` is that of the database.
    pub owner: String,
    /// How rights differ from those an owner gives by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// Rights that things made later will have: `<owner> table: <app> SELECT`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub default_grants: Vec<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct View {
    /// Whether its rows are stored.
    #[serde(skip_serializing_if = "is_false")]
    pub materialised: bool,
    /// What it answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// The query on PostgreSQL, the whole statement on SQLite.
    pub definition: String,
    /// Indexes of a materialised view.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub indexes: BTreeMap<String, Index>,
    /// `INSTEAD OF` triggers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub triggers: BTreeMap<String, Trigger>,
    /// `security_barrier` and the like. Sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The owning role; `<owner>` is that of the database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// How rights differ from those an owner gives by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A function, procedure or aggregate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Function {
    /// `function`, `procedure`, `aggregate` or `window`.
    pub kind: String,
    /// The statement that makes it: result, language, body, `SECURITY DEFINER`, settings.
    pub definition: String,
    /// The owning role; `<owner>` is that of the database.
    pub owner: String,
    /// How rights differ from those an owner gives by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sequence {
    /// Type, start, bounds, step, cache: `bigint start 1 from 1 to 9223372036854775807 by 1 cache 1`.
    pub definition: String,
    /// The column that it goes away with: `app.things.id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owned_by: Option<String>,
    /// The owning role; `<owner>` is that of the database.
    pub owner: String,
    /// How rights differ from those an owner gives by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Type {
    /// `enum`, `domain`, `composite` or `range`.
    pub kind: String,
    /// The labels of an enum, in order; the attributes of a composite type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// The type below a domain or a range, with NOT NULL and default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// The CHECKs of a domain.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub checks: BTreeMap<String, String>,
    /// The owning role; `<owner>` is that of the database.
    pub owner: String,
    /// How rights differ from those an owner gives by default.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// What a comment says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// An extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Extension {
    /// Its version.
    pub version: String,
    /// Where its objects stand.
    pub namespace: String,
}
