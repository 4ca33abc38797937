//! The rows of the catalogues.

use serde::Deserialize;

/// All that was asked for.
pub(super) struct Catalogue {
    pub(super) roles: Vec<Role>,
    pub(super) namespaces: Vec<NamespaceRow>,
    pub(super) default_rights: Vec<DefaultRights>,
    pub(super) relations: Vec<Relation>,
    pub(super) columns: Vec<ColumnRow>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) indexes: Vec<IndexRow>,
    pub(super) triggers: Vec<TriggerRow>,
    pub(super) policies: Vec<PolicyRow>,
    pub(super) functions: Vec<FunctionRow>,
    pub(super) sequences: Vec<SequenceRow>,
    pub(super) types: Vec<TypeRow>,
    pub(super) extensions: Vec<ExtensionRow>,
    pub(super) others: Vec<Other>,
}

#[derive(Deserialize)]
pub(super) struct Role {
    pub(super) id: i64,
    pub(super) name: String,
}

/// Who (0 is everybody), what, and whether they may pass it on.
pub(super) type Right = (i64, String, bool);

#[derive(Deserialize)]
pub(super) struct Rights {
    pub(super) has: Vec<Right>,
    pub(super) usual: Vec<Right>,
}

#[derive(Deserialize)]
pub(super) struct NamespaceRow {
    pub(super) name: String,
    pub(super) owner: i64,
    pub(super) comment: Option<String>,
    pub(super) rights: Option<Rights>,
}

#[derive(Deserialize)]
pub(super) struct DefaultRights {
    pub(super) namespace: Option<String>,
    pub(super) role: i64,
    pub(super) kind: String,
    pub(super) rights: Option<Rights>,
}

#[derive(Deserialize)]
pub(super) struct Relation {
    pub(super) id: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) unlogged: bool,
    pub(super) owner: i64,
    pub(super) options: Vec<String>,
    pub(super) secured: bool,
    pub(super) forced: bool,
    pub(super) partition_key: Option<String>,
    pub(super) bound: Option<String>,
    pub(super) parent: Option<i64>,
    pub(super) comment: Option<String>,
    pub(super) definition: Option<String>,
    pub(super) rights: Option<Rights>,
}

#[derive(Deserialize)]
pub(super) struct ColumnRow {
    pub(super) relation: i64,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) type_name: String,
    pub(super) not_null: bool,
    pub(super) identity: String,
    pub(super) generated: String,
    pub(super) expression: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) collation: Option<String>,
    pub(super) rights: Option<Rights>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "a row of the catalogue, which has so many")]
pub(super) struct Constraint {
    pub(super) relation: i64,
    pub(super) domain: i64,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) foreign_schema: Option<String>,
    pub(super) foreign_table: Option<String>,
    pub(super) columns: Vec<String>,
    pub(super) referenced: Vec<String>,
    pub(super) set_columns: Vec<String>,
    pub(super) include: Vec<String>,
    pub(super) nulls_not_distinct: bool,
    pub(super) on_update: String,
    pub(super) on_delete: String,
    pub(super) matching: String,
    pub(super) deferrable: bool,
    pub(super) deferred: bool,
    pub(super) not_valid: bool,
    pub(super) no_inherit: bool,
    pub(super) expression: Option<String>,
    pub(super) definition: Option<String>,
    pub(super) comment: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct IndexRow {
    pub(super) relation: i64,
    pub(super) name: String,
    pub(super) unique: bool,
    pub(super) invalid: bool,
    pub(super) method: String,
    pub(super) predicate: Option<String>,
    pub(super) nulls_not_distinct: bool,
    pub(super) definition: String,
    pub(super) comment: Option<String>,
    pub(super) columns: Vec<IndexColumnRow>,
    pub(super) include: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct IndexColumnRow {
    pub(super) key: String,
    pub(super) expression: bool,
    /// Bit 0: downwards; bit 1: NULLs first.
    pub(super) options: i16,
    pub(super) collation: Option<String>,
    pub(super) class: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct TriggerRow {
    pub(super) relation: i64,
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) function: String,
    pub(super) state: String,
    pub(super) comment: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct PolicyRow {
    pub(super) relation: i64,
    pub(super) name: String,
    pub(super) command: String,
    pub(super) permissive: bool,
    pub(super) roles: Vec<i64>,
    pub(super) using: Option<String>,
    pub(super) check: Option<String>,
    pub(super) comment: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct FunctionRow {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) definition: String,
    pub(super) owner: i64,
    pub(super) comment: Option<String>,
    pub(super) rights: Option<Rights>,
}

#[derive(Deserialize)]
pub(super) struct SequenceRow {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) owner: i64,
    pub(super) owned_by: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) rights: Option<Rights>,
}

#[derive(Deserialize)]
pub(super) struct TypeRow {
    pub(super) id: i64,
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) owner: i64,
    pub(super) members: Vec<String>,
    pub(super) base: Option<String>,
    pub(super) comment: Option<String>,
    pub(super) rights: Option<Rights>,
}

#[derive(Deserialize)]
pub(super) struct ExtensionRow {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) namespace: String,
}

#[derive(Deserialize)]
pub(super) struct Other {
    pub(super) name: String,
    pub(super) definition: String,
}
