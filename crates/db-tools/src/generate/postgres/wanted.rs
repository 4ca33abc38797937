//! Tables of the entities as PostgreSQL's catalogue would say them.

use std::collections::BTreeMap;

use atriz_db::Engine;

use crate::generate::compare::{is_plain, plain_indexes, unique_keys};
use crate::generate::default;
use crate::generate::names::{self, qualified};
use crate::generate::want::{Names, same_set};
use crate::introspect::{Check, Column, ForeignKey, Index, IndexColumn, Key, Name, Table, Trigger, Unique};
use crate::logical::{self, Action, Logical};

pub(super) fn column(column: &logical::Column) -> Column {
    Column {
        name: column.name.clone(),
        type_name: column.kind.postgres(),
        nullable: column.nullable,
        default: column.default.as_deref().map(|text| default::written(Engine::Postgres, &column.kind, text)),
        identity: column.identity.then(|| "by default".to_owned()),
        comment: column.comment.clone(),
        ..Column::default()
    }
}

pub(super) fn foreign_key(key: &logical::ForeignKey, wanted: &Logical) -> ForeignKey {
    let schema = wanted.tables.get(&key.table).map(|table| table.schema.clone()).unwrap_or_default();
    let action = |action: Action| action.to_string().to_lowercase();
    ForeignKey {
        columns: key.columns.clone(),
        table: Name::new(schema, &key.table),
        referenced: key.referenced.clone(),
        on_delete: action(key.on_delete),
        on_update: action(key.on_update),
        matching: None,
        deferrable: key.deferrable.clone(),
        not_valid: false,
        comment: None,
    }
}

pub(super) fn index(columns: &[String], unique: bool) -> Index {
    let column = |key: &String| IndexColumn {
        key: key.clone(),
        expression: false,
        descending: false,
        nulls_moved: false,
        collation: None,
        operator_class: None,
    };
    Index {
        unique,
        columns: columns.iter().map(column).collect(),
        include: Vec::new(),
        method: None,
        predicate: None,
        nulls_not_distinct: false,
        invalid: false,
        definition: None,
        comment: None,
    }
}

/// The trigger that fills `updated_at` in, by the function of its schema.
pub(super) fn updated_at(name: &Name) -> (String, Trigger) {
    let trigger = names::made("trg", &[&name.name, "updated_at"]);
    let definition = format!(
        "CREATE TRIGGER {} BEFORE UPDATE ON {}\n    FOR EACH ROW EXECUTE FUNCTION {}()",
        names::quoted(&trigger),
        qualified(&name.schema, &name.name),
        qualified(&name.schema, "set_updated_at")
    );
    (trigger, Trigger { definition, function: None, state: None, comment: None })
}

/// What else a table has to be indexed by: foreign keys that no key or index leads with.
pub(in crate::generate) fn key_indexes(table: &logical::Table) -> Vec<Vec<String>> {
    let key = table.primary_key.iter().map(|key| key.columns.clone());
    let there: Vec<Vec<String>> = key.chain(unique_keys(table)).chain(plain_indexes(table)).collect();
    let mut added: Vec<Vec<String>> = Vec::new();
    for key in table.foreign_keys.values() {
        let led = there.iter().chain(&added).any(|index| index.starts_with(&key.columns));
        if !led {
            added.push(key.columns.clone());
        }
    }
    added
}

/// A new table.
pub(super) fn table(name: &Name, table: &logical::Table, wanted: &Logical, names: &mut Names) -> Table {
    let bare = &name.name;
    let key = table.primary_key.as_ref().map(|key| Key {
        constraint: Some(names.give("pk", bare, &[])),
        columns: key.columns.clone(),
        include: Vec::new(),
        deferrable: None,
    });
    let own = |columns: &Vec<String>| key.as_ref().is_none_or(|key| !same_set(&key.columns, columns));
    let uniques = unique_keys(table).filter(own).map(|columns| {
        let unique = Unique { columns, include: vec![], nulls_not_distinct: false, deferrable: None, comment: None };
        (names.give("uq", bare, &unique.columns), unique)
    });
    let uniques: BTreeMap<String, Unique> = uniques.collect();
    let indexes = plain_indexes(table).chain(key_indexes(table));
    let indexes = indexes.map(|columns| (names.give("idx", bare, &columns), index(&columns, false))).collect();
    let keys = table.foreign_keys.values();
    let foreign_keys = keys.map(|key| (names.foreign_key(bare, table, key), foreign_key(key, wanted))).collect();
    let check = |text: &String| Check { expression: text.clone(), not_valid: false, no_inherit: false, comment: None };
    Table {
        columns: table.columns.iter().map(column).collect(),
        primary_key: key,
        uniques,
        indexes,
        foreign_keys,
        checks: table.checks.iter().map(|(name, one)| (name.clone(), check(&one.expression))).collect(),
        triggers: table.column("updated_at").map(|_| updated_at(name)).into_iter().collect(),
        comment: table.comment.clone(),
        ..Table::default()
    }
}

/// What an entity says of its indexes that is not written.
pub(in crate::generate) fn unsaid(table: &logical::Table) -> impl Iterator<Item = &String> {
    table.indexes.iter().filter(|(_, index)| !is_plain(index)).map(|(name, _)| name)
}
