//! A database's schema as one comparable value.
//!
//! What both engines have is said in neutral terms; what only one knows stands in its own words. Everything that has a
//! name stands in a map by name, so that two values compare by name whatever the order of the catalogues was.

mod key;
mod name;
mod object;
mod table;

use std::collections::BTreeMap;

use atriz_db::Engine;
use serde::Serialize;

pub use key::{Check, ForeignKey, Index, IndexColumn, Key, Unique};
pub use name::Name;
pub use object::{Extension, Function, Namespace, Sequence, Type, View};
pub(crate) use table::CONFLICT;
pub use table::{Column, Generated, Partition, Policy, RowSecurity, Table, TableKind, Trigger};

/// A schema, without the toolkit's own tracking tables and without what belongs to extensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Schema {
    /// The engine it was read from.
    pub engine: Engine,
    /// PostgreSQL's namespaces; `public` is among them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub namespaces: BTreeMap<String, Namespace>,
    /// Tables. Partitions stand in their parent, SQLite's shadow tables are left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<Name, Table>,
    /// Views and materialised views.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub views: BTreeMap<Name, View>,
    /// Functions, procedures and aggregates by name and types of arguments: `app.add(integer, integer)`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub functions: BTreeMap<String, Function>,
    /// Sequences, also those behind identity columns.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sequences: BTreeMap<Name, Sequence>,
    /// Enums, domains, composite and range types.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<Name, Type>,
    /// Extensions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub extensions: BTreeMap<String, Extension>,
    /// Definitions of what is rare (rules, extended statistics, event triggers), by kind and name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub others: BTreeMap<String, String>,
}

impl Schema {
    /// A schema that holds nothing.
    pub fn empty(engine: Engine) -> Self {
        Self {
            engine,
            namespaces: BTreeMap::new(),
            tables: BTreeMap::new(),
            views: BTreeMap::new(),
            functions: BTreeMap::new(),
            sequences: BTreeMap::new(),
            types: BTreeMap::new(),
            extensions: BTreeMap::new(),
            others: BTreeMap::new(),
        }
    }
}

/// For `skip_serializing_if`.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) fn is_false(value: &bool) -> bool {
    !value
}
