//! New tables of SQLite.

use atriz_db::Engine;

use crate::generate::compare::{plain_indexes, unique_keys};
use crate::generate::default;
use crate::generate::names::{self, in_lines, list, quoted};
use crate::generate::postgres::key_indexes;
use crate::generate::want::{Names, same_set};
use crate::logical::{Action, Column, ForeignKey, Table};

/// `name TYPE NOT NULL DEFAULT … CONSTRAINT … CHECK (…)`.
pub(super) fn column(table: &str, column: &Column) -> String {
    let name = quoted(&column.name);
    let (base, condition) = column.kind.sqlite(&name).unwrap_or(("BLOB", None));
    let required = if column.nullable { "" } else { " NOT NULL" };
    let default = |text: &String| format!(" DEFAULT {}", default::written(Engine::Sqlite, &column.kind, text));
    let line = format!("{name} {base}{required}{}", column.default.as_ref().map(default).unwrap_or_default());
    let Some(condition) = condition else { return line };
    let check = quoted(&Names::type_check(table, &column.name));
    let check = format!("CONSTRAINT {check} CHECK ({condition})");
    in_lines(line, &check)
}

pub(super) fn foreign_key(name: &str, key: &ForeignKey) -> String {
    let action = |event: &str, action: Action| match action {
        Action::Restrict => format!(" ON {event} NO ACTION"),
        Action::NoAction => String::new(),
        action => format!(" ON {event} {action}"),
    };
    let references = format!(
        "REFERENCES {} ({}){}{}",
        quoted(&key.table),
        list(&key.referenced),
        action("DELETE", key.on_delete),
        action("UPDATE", key.on_update)
    );
    in_lines(format!("CONSTRAINT {} FOREIGN KEY ({})", quoted(name), list(&key.columns)), &references)
}

pub(super) fn unique(name: &str, columns: &[String]) -> String {
    format!("CONSTRAINT {} UNIQUE ({})", quoted(name), list(columns))
}

pub(super) fn primary_key(name: &str, columns: &[String]) -> String {
    format!("CONSTRAINT {} PRIMARY KEY ({})", quoted(name), list(columns))
}

pub(super) fn index(table: &str, name: &str, columns: &[String]) -> String {
    format!("CREATE INDEX {} ON {} ({})", quoted(name), quoted(table), list(columns))
}

/// What a table of this key ends in.
pub(super) fn tail(key: &[String]) -> &'static str {
    if key.len() > 1 { ") STRICT, WITHOUT ROWID" } else { ") STRICT" }
}

/// The trigger that fills `updated_at` in.
pub(super) fn updated_at(table: &str, key: &[String]) -> (String, String) {
    let name = names::made("trg", &[table, "updated_at"]);
    let key = match key {
        [] => "rowid = NEW.rowid".to_owned(),
        key => key.iter().map(|column| format!("{0} = NEW.{0}", quoted(column))).collect::<Vec<_>>().join(" AND "),
    };
    let (trigger, table) = (quoted(&name), quoted(table));
    let sql = format!(
        "CREATE TRIGGER {trigger} AFTER UPDATE ON {table}
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE {table} SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'
    WHERE {key};
END"
    );
    (name, sql)
}

/// The statements that make a new table.
pub(super) fn table(name: &str, table: &Table, names: &mut Names) -> Vec<String> {
    let key: &[String] = table.primary_key.as_ref().map_or(&[], |key| &key.columns);
    let mut lines: Vec<String> = table.columns.iter().map(|one| column(name, one)).collect();
    if !key.is_empty() {
        lines.push(primary_key(&names.give("pk", name, &[]), key));
    }
    for columns in unique_keys(table).filter(|columns| !same_set(columns, key)) {
        lines.push(unique(&names.give("uq", name, &columns), &columns));
    }
    for (check, one) in &table.checks {
        lines.push(format!("CONSTRAINT {} CHECK ({})", quoted(check), one.expression));
    }
    for one in table.foreign_keys.values() {
        lines.push(foreign_key(&names.foreign_key(name, table, one), one));
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("    {line}")).collect();
    let mut statements = vec![format!("CREATE TABLE {} (\n{}\n{}", quoted(name), lines.join(",\n"), tail(key))];
    let indexes = plain_indexes(table).chain(key_indexes(table));
    statements.extend(indexes.map(|columns| index(name, &names.give("idx", name, &columns), &columns)));
    if table.column("updated_at").is_some() {
        statements.push(updated_at(name, key).1);
    }
    statements
}
