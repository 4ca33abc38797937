//! The SQL that would keep a rule.

use atriz_db::Engine;

use super::spell::{create_index, list, quoted, table_name};
use super::{Side, postgres, sqlite};
use crate::logical::{Index, IndexKey, PrimaryKey, Table};

fn headed(side: &Side<'_>, statements: Vec<String>) -> Vec<String> {
    std::iter::once(side.head()).chain(statements).collect()
}

/// Gives something another name.
pub(in crate::check) fn rename(side: &Side<'_>, table: &str, sort: &str, name: &str, to: &str) -> Vec<String> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let engine = side.engine();
    let sql_name = table_name(engine, &own.schema, table);
    let statements = match (sort, engine) {
        ("table", _) => vec![format!("ALTER TABLE {sql_name} RENAME TO {}", quoted(to))],
        ("column", _) => vec![format!("ALTER TABLE {sql_name} RENAME COLUMN {} TO {}", quoted(name), quoted(to))],
        ("trigger", Engine::Postgres) => {
            vec![format!("ALTER TRIGGER {} ON {sql_name} RENAME TO {}", quoted(name), quoted(to))]
        }
        ("trigger", Engine::Sqlite) => {
            let definition = own.triggers.get(name).map(|trigger| trigger.definition.clone()).unwrap_or_default();
            vec![format!("DROP TRIGGER {}", quoted(name)), definition.replacen(&quoted(name), &quoted(to), 1)]
        }
        (_, Engine::Postgres) => postgres::rename(own, &sql_name, name, to),
        (_, Engine::Sqlite) => renamed(side, table, own, name, to),
    };
    headed(side, statements)
}

/// A name that no rule makes from the one that is there.
pub(in crate::check) fn renamed_by_hand(side: &Side<'_>) -> Vec<String> {
    headed(side, vec!["-- rename it in a migration, and in its entity".to_owned()])
}

/// An index is dropped and made; a constraint takes a table built anew.
fn renamed(side: &Side<'_>, table: &str, own: &Table, name: &str, to: &str) -> Vec<String> {
    if let Some(index) = own.indexes.get(name).filter(|index| !index.constraint) {
        return vec![format!("DROP INDEX {}", quoted(name)), create_index(Engine::Sqlite, &quoted(table), to, index)];
    }
    let mut goal = own.clone();
    if let Some(key) = goal.primary_key.as_mut().filter(|key| key.name.as_deref() == Some(name)) {
        key.name = Some(to.to_owned());
    }
    if let Some(index) = goal.indexes.remove(name) {
        goal.indexes.insert(to.to_owned(), index);
    }
    if let Some(key) = goal.foreign_keys.remove(name) {
        goal.foreign_keys.insert(to.to_owned(), key);
    }
    if let Some(check) = goal.checks.remove(name) {
        goal.checks.insert(to.to_owned(), check);
    }
    sqlite::rebuild(side, table, own, &goal)
}

/// Makes the column `id` the primary key, or the first unique key in the place of its constraint; of a table that has
/// neither a person must say it.
pub(in crate::check) fn primary_key(side: &Side<'_>, table: &str) -> Vec<String> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let unique = own.indexes.iter().find(|(_, index)| {
        let required = |key: &IndexKey| own.column(&key.key).is_some_and(|column| !column.nullable);
        index.constraint && index.keys.iter().all(required)
    });
    let id = own.column("id").map(|_| vec!["id".to_owned()]);
    let old = unique.map(|(name, _)| name).filter(|_| id.is_none());
    let Some(columns) = id.or_else(|| unique.map(|(_, index)| columns(index))) else {
        let comment = format!("-- ALTER TABLE {table} ADD PRIMARY KEY of the columns that tell its rows apart");
        return headed(side, vec![comment]);
    };
    let name = format!("pk_{table}");
    let statements = match side.engine() {
        Engine::Postgres => {
            let sql_name = table_name(Engine::Postgres, &own.schema, table);
            let drop = old.map_or(String::new(), |old| format!("DROP CONSTRAINT {}, ", quoted(old)));
            let add = format!("ADD CONSTRAINT {} PRIMARY KEY ({})", quoted(&name), list(&columns));
            vec![format!("ALTER TABLE {sql_name} {drop}{add}")]
        }
        Engine::Sqlite => {
            let mut goal = Table { primary_key: Some(PrimaryKey { name: Some(name), columns }), ..own.clone() };
            goal.indexes.retain(|name, _| Some(name) != old);
            sqlite::rebuild(side, table, own, &goal)
        }
    };
    headed(side, statements)
}

fn columns(index: &Index) -> Vec<String> {
    index.keys.iter().map(|key| key.key.clone()).collect()
}

/// An index for a foreign key.
pub(in crate::check) fn index_for(side: &Side<'_>, table: &str, columns: &[String]) -> Vec<String> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let key = |column: &String| IndexKey { key: column.clone(), expression: false, descending: false, collation: None };
    let index = Index {
        unique: false,
        constraint: false,
        keys: columns.iter().map(key).collect(),
        predicate: None,
        method: None,
        include: Vec::new(),
        nulls_not_distinct: false,
    };
    let name = format!("idx_{table}_{}", columns.join("_"));
    let sql_name = table_name(side.engine(), &own.schema, table);
    headed(side, vec![create_index(side.engine(), &sql_name, &name, &index)])
}

/// The trigger that fills `updated_at`.
pub(in crate::check) fn fill(side: &Side<'_>, table: &str) -> Vec<String> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let statements = match side.engine() {
        Engine::Postgres => postgres::fill(side, &own.schema, table),
        Engine::Sqlite => sqlite::fill(table, own),
    };
    headed(side, statements)
}

/// Gives the second of two tables of one name another one.
pub(in crate::check) fn twice(name: &str, schemas: &[&str]) -> Vec<String> {
    let rest = schemas.iter().skip(1).map(|schema| {
        let old = table_name(Engine::Postgres, schema, name);
        format!("ALTER TABLE {old} RENAME TO {}", quoted(&format!("{schema}_{name}")))
    });
    std::iter::once("-- postgres".to_owned()).chain(rest).collect()
}
