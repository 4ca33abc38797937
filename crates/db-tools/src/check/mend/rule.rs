//! The SQL that would keep a rule.

use atriz_db::Engine;

use super::spell::{create_index, list, quoted, table_name};
use super::{Part, Side, postgres, said, sqlite};
use crate::logical::{Index, IndexKey, PrimaryKey, Table};

fn headed<'a>(side: &Side<'a>, parts: Vec<Part<'a>>) -> Vec<Part<'a>> {
    std::iter::once(Part::Said(side.head())).chain(parts).collect()
}

/// Statements under the name of their engine.
pub(in crate::check) fn stated<'a>(side: &Side<'a>, statements: Vec<String>) -> Vec<Part<'a>> {
    headed(side, said(statements))
}

/// Gives something another name.
pub(in crate::check) fn rename<'a>(side: &Side<'a>, table: &str, sort: &str, name: &str, to: &str) -> Vec<Part<'a>> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let engine = side.engine();
    let sql_name = table_name(engine, &own.schema, table);
    let parts = match (sort, engine) {
        ("table", _) => said([format!("ALTER TABLE {sql_name} RENAME TO {}", quoted(to))]),
        ("column", _) => said([format!("ALTER TABLE {sql_name} RENAME COLUMN {} TO {}", quoted(name), quoted(to))]),
        ("trigger", Engine::Postgres) => {
            said([format!("ALTER TRIGGER {} ON {sql_name} RENAME TO {}", quoted(name), quoted(to))])
        }
        ("trigger", Engine::Sqlite) => sqlite::rename_trigger(side, table, own, name, to),
        (_, Engine::Postgres) => said(postgres::rename(own, &sql_name, name, to)),
        (_, Engine::Sqlite) => renamed(side, table, own, name, to),
    };
    headed(side, parts)
}

/// A name that no rule makes from the one that is there.
pub(in crate::check) fn renamed_by_hand<'a>(side: &Side<'a>) -> Vec<Part<'a>> {
    stated(side, vec!["-- rename it in a migration, and in its entity".to_owned()])
}

/// An index is dropped and made; a constraint takes a table built anew.
fn renamed<'a>(side: &Side<'a>, table: &str, own: &Table, name: &str, to: &str) -> Vec<Part<'a>> {
    let alone = own.indexes.get(name).filter(|index| !index.constraint);
    let alone = alone.map(|index| sqlite::index(table, to, Some(name), index));
    let (name, to) = (name.to_owned(), to.to_owned());
    sqlite::edit(*side, table, alone, move |table| {
        let mut goal = table.clone();
        // One primary key is all that a table has, and it may have no name.
        if let Some(key) = goal.primary_key.as_mut().filter(|key| key.name.as_deref().unwrap_or_default() == name) {
            key.name = Some(to.clone());
        }
        if let Some(index) = goal.indexes.remove(&name) {
            goal.indexes.insert(to.clone(), index);
        }
        if let Some(key) = goal.foreign_keys.remove(&name) {
            goal.foreign_keys.insert(to.clone(), key);
        }
        if let Some(check) = goal.checks.remove(&name) {
            goal.checks.insert(to.clone(), check);
        }
        Some(goal)
    })
}

/// Makes the column `id` the primary key, or the first unique key in the place of its constraint; of a table that has
/// neither a person must say it.
pub(in crate::check) fn primary_key<'a>(side: &Side<'a>, table: &str) -> Vec<Part<'a>> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let unique = own.indexes.iter().find(|(_, index)| {
        let required = |key: &IndexKey| own.column(&key.key).is_some_and(|column| !column.nullable);
        index.constraint && index.keys.iter().all(required)
    });
    let id = own.column("id").map(|_| vec!["id".to_owned()]);
    let old = unique.map(|(name, _)| name.clone()).filter(|_| id.is_none());
    let Some(columns) = id.or_else(|| unique.map(|(_, index)| columns(index))) else {
        let comment = format!("-- ALTER TABLE {table} ADD PRIMARY KEY of the columns that tell its rows apart");
        return stated(side, vec![comment]);
    };
    let name = format!("pk_{table}");
    let parts = match side.engine() {
        Engine::Postgres => {
            let sql_name = table_name(Engine::Postgres, &own.schema, table);
            let drop = old.map_or(String::new(), |old| format!("DROP CONSTRAINT {}, ", quoted(&old)));
            let add = format!("ADD CONSTRAINT {} PRIMARY KEY ({})", quoted(&name), list(&columns));
            said([format!("ALTER TABLE {sql_name} {drop}{add}")])
        }
        Engine::Sqlite => sqlite::edit(*side, table, None, move |table| {
            let key = PrimaryKey { name: Some(name.clone()), columns: columns.clone() };
            let mut goal = Table { primary_key: Some(key), ..table.clone() };
            goal.indexes.retain(|name, _| Some(name) != old.as_ref());
            Some(goal)
        }),
    };
    headed(side, parts)
}

fn columns(index: &Index) -> Vec<String> {
    index.keys.iter().map(|key| key.key.clone()).collect()
}

/// An index for a foreign key.
pub(in crate::check) fn index_for<'a>(side: &Side<'a>, table: &str, columns: &[String]) -> Vec<Part<'a>> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let key = |column: &String| IndexKey::column(column);
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
    let alone = vec![create_index(side.engine(), &sql_name, &name, &index)];
    let parts = match side.engine() {
        Engine::Postgres => said(alone),
        Engine::Sqlite => sqlite::edit(*side, table, Some(alone), move |table| {
            let mut goal = table.clone();
            goal.indexes.insert(name.clone(), index.clone());
            Some(goal)
        }),
    };
    headed(side, parts)
}

/// Drops an index that is there twice.
pub(in crate::check) fn drop_index<'a>(side: &Side<'a>, table: &str, name: &str) -> Vec<Part<'a>> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let constraint = own.indexes.get(name).is_some_and(|index| index.constraint);
    let parts = match side.engine() {
        Engine::Postgres if constraint => {
            let table = table_name(Engine::Postgres, &own.schema, table);
            said([format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(name))])
        }
        Engine::Postgres => said([format!("DROP INDEX {}", table_name(Engine::Postgres, &own.schema, name))]),
        Engine::Sqlite => {
            let alone = (!constraint).then(|| vec![format!("DROP INDEX {}", quoted(name))]);
            let name = name.to_owned();
            sqlite::edit(*side, table, alone, move |table| {
                let mut goal = table.clone();
                goal.indexes.remove(&name);
                Some(goal)
            })
        }
    };
    headed(side, parts)
}

/// Builds a table of SQLite anew: STRICT, without conflict clauses, and with its rows in its key or not.
pub(in crate::check) fn anew<'a>(side: &Side<'a>, table: &str, without_rowid: bool) -> Vec<Part<'a>> {
    headed(side, sqlite::edit(*side, table, None, move |table| Some(Table { without_rowid, ..table.clone() })))
}

/// The trigger that fills `updated_at`.
pub(in crate::check) fn fill<'a>(side: &Side<'a>, table: &str) -> Vec<Part<'a>> {
    let Some(own) = side.table(table) else { return Vec::new() };
    let parts = match side.engine() {
        Engine::Postgres => said(postgres::fill(side, &own.schema, table)),
        Engine::Sqlite => sqlite::filled(side, table, own),
    };
    headed(side, parts)
}

/// Gives another name to all but the first of the tables of one name.
pub(in crate::check) fn twice(name: &str, schemas: &[&str]) -> Vec<Part<'static>> {
    let rest = schemas.iter().skip(1).map(|schema| {
        let old = table_name(Engine::Postgres, schema, name);
        format!("ALTER TABLE {old} RENAME TO {}", quoted(&format!("{schema}_{name}")))
    });
    said(std::iter::once("-- postgres".to_owned()).chain(rest))
}
