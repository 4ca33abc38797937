//! Parts of statements, as each engine spells them.

use atriz_db::Engine;

use crate::logical::{Action, Column, ColumnType, ForeignKey, Index, Table, expression};

/// An identifier, in quotes where it needs them.
pub(super) fn quoted(name: &str) -> String {
    let plain = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || one == '_';
    let starts = name.starts_with(|first: char| first.is_ascii_lowercase() || first == '_');
    if starts && name.chars().all(plain) && !RESERVED.contains(&name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Words that both engines, or one of them, take for something else.
const RESERVED: [&str; 30] = [
    "all",
    "and",
    "as",
    "asc",
    "case",
    "check",
    "column",
    "constraint",
    "create",
    "default",
    "desc",
    "else",
    "end",
    "from",
    "group",
    "in",
    "index",
    "limit",
    "not",
    "null",
    "or",
    "order",
    "primary",
    "references",
    "select",
    "table",
    "then",
    "unique",
    "user",
    "where",
];

pub(super) fn list(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

/// The table's name: within its schema on PostgreSQL.
pub(super) fn table_name(engine: Engine, schema: &str, name: &str) -> String {
    match engine {
        Engine::Postgres if !schema.is_empty() => format!("{}.{}", quoted(schema), quoted(name)),
        _ => quoted(name),
    }
}

/// The key columns of an index.
pub(super) fn keys(index: &Index) -> String {
    let key = |key: &crate::logical::IndexKey| {
        let what = if key.expression { format!("({})", key.key) } else { quoted(&key.key) };
        let collation = key.collation.as_ref().map_or(String::new(), |name| format!(" COLLATE {}", quoted(name)));
        let class = key.operator_class.as_ref().map_or(String::new(), |name| format!(" {}", quoted(name)));
        let nulls = match (key.nulls_moved, key.descending) {
            (false, _) => "",
            (true, false) => " NULLS FIRST",
            (true, true) => " NULLS LAST",
        };
        format!("{what}{collation}{class}{}{nulls}", if key.descending { " DESC" } else { "" })
    };
    index.keys.iter().map(key).collect::<Vec<_>>().join(", ")
}

/// Whether SQLite has a collation of this name by itself.
pub(super) fn is_collation(name: &str) -> bool {
    matches!(name, "nocase" | "rtrim" | "binary")
}

/// `CREATE INDEX`. An access method, and collations by name, are one engine's alone.
pub(super) fn create_index(engine: Engine, table: &str, name: &str, index: &Index) -> String {
    let mut index = index.clone();
    let is_postgres = engine == Engine::Postgres;
    let known = |collation: &String| is_collation(collation) != is_postgres;
    for key in &mut index.keys {
        key.collation = key.collation.take().filter(known);
        key.operator_class = key.operator_class.take().filter(|_| is_postgres);
        key.nulls_moved &= is_postgres;
        key.key = if key.expression { expression::spelt(&key.key, engine) } else { key.key.clone() };
    }
    let unique = if index.unique { "UNIQUE " } else { "" };
    let method = index.method.iter().filter(|_| is_postgres).map(|method| format!("USING {method} "));
    let method: String = method.collect();
    let mut sql = vec![format!("CREATE {unique}INDEX {} ON {table} {method}({})", quoted(name), keys(&index))];
    if is_postgres && !index.include.is_empty() {
        sql.push(format!(" INCLUDE ({})", list(&index.include)));
    }
    if is_postgres && index.nulls_not_distinct {
        sql.push(" NULLS NOT DISTINCT".to_owned());
    }
    if let Some(predicate) = &index.predicate {
        sql.push(format!(" WHERE {}", expression::spelt(predicate, engine)));
    }
    sql.concat()
}

/// What a foreign key's constraint says behind its name.
pub(super) fn foreign_key(engine: Engine, schema: &str, key: &ForeignKey) -> String {
    let referenced = table_name(engine, schema, &key.table);
    let mut sql =
        vec![format!("FOREIGN KEY ({}) REFERENCES {referenced} ({})", list(&key.columns), list(&key.referenced))];
    for (event, action) in [("DELETE", key.on_delete), ("UPDATE", key.on_update)] {
        let spelt = if engine == Engine::Sqlite && action == Action::Restrict { Action::NoAction } else { action };
        if action != Action::NoAction {
            sql.push(format!(" ON {event} {spelt}"));
        }
    }
    if let Some(deferrable) = &key.deferrable {
        let initially = if deferrable == "initially deferred" { "DEFERRABLE INITIALLY DEFERRED" } else { "DEFERRABLE" };
        sql.push(format!(" {initially}"));
    }
    sql.concat()
}

/// A column's definition, with what SQLite needs to say its type.
pub(super) fn column(engine: Engine, table: &str, column: &Column) -> String {
    let name = quoted(&column.name);
    let (kind, type_check) = type_of(engine, column, &name);
    let mut sql = vec![format!("{name} {kind}")];
    let known = |name: &&String| is_collation(name) == (engine == Engine::Sqlite);
    sql.extend(column.collation.iter().filter(known).map(|name| format!(" COLLATE {}", quoted(name))));
    if !column.nullable {
        sql.push(" NOT NULL".to_owned());
    }
    if column.identity && engine == Engine::Postgres {
        sql.push(" GENERATED BY DEFAULT AS IDENTITY".to_owned());
    }
    if let Some(default) = &column.default {
        sql.push(format!(" DEFAULT {}", default_of(engine, column, default)));
    }
    if let Some(generated) = &column.generated {
        let stored = if generated.stored || engine == Engine::Postgres { "STORED" } else { "VIRTUAL" };
        sql.push(format!(" GENERATED ALWAYS AS ({}) {stored}", expression::spelt(&generated.expression, engine)));
    }
    if let Some(check) = type_check {
        sql.push(format!(" CONSTRAINT {} CHECK ({check})", quoted(&format!("ck_{table}_{}_type", column.name))));
    }
    sql.concat()
}

fn type_of(engine: Engine, column: &Column, name: &str) -> (String, Option<String>) {
    match (engine, &column.kind) {
        (Engine::Postgres, kind) => (kind.postgres(), None),
        (Engine::Sqlite, kind) => match kind.sqlite(name) {
            Some((storage, check)) => (storage.to_owned(), check),
            None => ("TEXT".to_owned(), None),
        },
    }
}

/// A default in the engine's words. A boolean of SQLite is a number; an expression stands in parentheses there.
pub(super) fn default_of(engine: Engine, column: &Column, default: &str) -> String {
    if engine == Engine::Postgres {
        return expression::spelt(default, engine);
    }
    match (&column.kind, default) {
        (ColumnType::Boolean, "true") => "1".to_owned(),
        (ColumnType::Boolean, "false") => "0".to_owned(),
        (_, plain) if plain.starts_with('\'') || plain.parse::<f64>().is_ok() => plain.to_owned(),
        (_, other) => format!("({})", expression::spelt(other, engine)),
    }
}

/// The columns, with those that SQLite computes left out: nothing can be written to them.
pub(super) fn written_columns(table: &Table) -> Vec<String> {
    table.columns.iter().filter(|column| column.generated.is_none()).map(|column| column.name.clone()).collect()
}
