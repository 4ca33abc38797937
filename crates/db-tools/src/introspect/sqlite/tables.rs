//! Puts tables, views and triggers together.

use std::collections::HashMap;

use atriz_db::{Engine, TRACKING_TABLES};

use super::create_table::{self, Written};
use super::rows::{Catalogue, ColumnRow, StatementRow, TableRow};
use super::text::{spell, tokens};
use super::{indexes, keys};
use crate::introspect::{
    Check, Column, Generated, IntrospectError, Key, Name, Schema, Table, TableKind, Trigger, View,
};

pub(super) fn schema(catalogue: Catalogue) -> Result<Schema, IntrospectError> {
    let mut schema = Schema::empty(Engine::Sqlite);
    let Catalogue { tables, statements, columns, index_columns, foreign_keys } = catalogue;
    let texts: HashMap<(&str, &str), &str> =
        statements.iter().map(|row| ((row.kind.as_str(), row.name.as_str()), row.sql.as_str())).collect();
    let statement = |kind: &str, name: &str| texts.get(&(kind, name)).copied();
    let mut columns_of: HashMap<&str, Vec<&ColumnRow>> = HashMap::new();
    for column in &columns {
        columns_of.entry(&column.owner).or_default().push(column);
    }
    let mut written_of: HashMap<String, Written> = HashMap::new();
    for row in tables.iter().filter(|row| !TRACKING_TABLES.contains(&row.name.as_str())) {
        let own = columns_of.get(row.name.as_str()).map_or(&[][..], Vec::as_slice);
        let name = Name::bare(&row.name);
        if row.kind == "view" {
            schema.views.insert(name, view(statement("view", &row.name).unwrap_or_default(), own));
            continue;
        }
        let sql = statement("table", &row.name).unwrap_or_default();
        let (table, written) = table(row, sql, own)?;
        schema.tables.insert(name, table);
        written_of.insert(row.name.clone(), written);
    }
    indexes::add(&mut schema, &index_columns, &statements, &written_of);
    keys::add(&mut schema, &foreign_keys, &written_of);
    add_triggers(&mut schema, &statements);
    Ok(schema)
}

fn view(sql: &str, columns: &[&ColumnRow]) -> View {
    let columns = columns.iter().map(|row| column(row, &Written::default(), false)).collect();
    View { columns, definition: spell(&tokens(sql)), ..View::default() }
}

fn table(row: &TableRow, sql: &str, columns: &[&ColumnRow]) -> Result<(Table, Written), IntrospectError> {
    let tokens = tokens(sql);
    if row.kind == "virtual" {
        let columns = columns.iter().map(|row| column(row, &Written::default(), false)).collect();
        let definition = Some(spell(&tokens));
        return Ok((Table { kind: TableKind::Virtual, columns, definition, ..Table::default() }, Written::default()));
    }
    let written = create_table::read(&tokens).ok_or_else(|| IntrospectError::Text {
        object: row.name.clone(),
        reason: "it has no list of columns".to_owned(),
    })?;
    let keyed_not_null = row.strict != 0 || row.without_rowid != 0;
    let mut key: Vec<&&ColumnRow> = columns.iter().filter(|column| column.key > 0).collect();
    key.sort_by_key(|column| column.key);
    let is_rowid = key.len() == 1 && key.iter().all(|column| column.type_name.eq_ignore_ascii_case("integer"));
    let primary_key = (!key.is_empty()).then(|| Key {
        constraint: written.primary_key.clone(),
        columns: key.iter().map(|column| column.name.clone()).collect(),
        include: Vec::new(),
        deferrable: None,
    });
    let table = Table {
        columns: columns.iter().map(|row| column(row, &written, keyed_not_null || is_rowid)).collect(),
        primary_key,
        checks: written.checks.iter().map(|(name, expression)| check(name.as_ref(), expression)).collect(),
        options: options(row, &written),
        ..Table::default()
    };
    Ok((table, written))
}

fn check(name: Option<&String>, expression: &str) -> (String, Check) {
    let check = Check { expression: expression.to_owned(), not_valid: false, no_inherit: false, comment: None };
    (name.cloned().unwrap_or_else(|| format!("({expression})")), check)
}

fn options(row: &TableRow, written: &Written) -> Vec<String> {
    let all = [
        (written.autoincrement, "autoincrement"),
        (row.strict != 0, "strict"),
        (row.without_rowid != 0, "without rowid"),
    ];
    let words = all.into_iter().filter(|(there, _)| *there).map(|(_, word)| word.to_owned());
    let mut options: Vec<String> = words.chain(written.conflicts.iter().cloned()).collect();
    options.sort();
    options
}

/// The columns of a primary key take no NULL in a STRICT or WITHOUT ROWID table, nor as the rowid's other name; in the
/// others they do.
fn column(row: &ColumnRow, written: &Written, keyed_not_null: bool) -> Column {
    let key = row.name.to_lowercase();
    let generated = written.generated.get(&key).filter(|_| row.hidden >= 2);
    Column {
        name: row.name.clone(),
        type_name: row.type_name.clone(),
        nullable: row.not_null == 0 && !(row.key > 0 && keyed_not_null),
        default: row.default.as_deref().map(|text| spell(&tokens(text))),
        generated: generated.map(|expression| Generated { expression: expression.clone(), stored: row.hidden == 3 }),
        collation: written.collations.get(&key).cloned(),
        hidden: row.hidden == 1,
        ..Column::default()
    }
}

fn add_triggers(schema: &mut Schema, statements: &[StatementRow]) {
    for row in statements.iter().filter(|row| row.kind == "trigger") {
        let definition = spell(&tokens(&row.sql));
        let trigger = Trigger { definition, function: None, state: None, comment: None };
        let name = Name::bare(&row.owner);
        if let Some(table) = schema.tables.get_mut(&name) {
            table.triggers.insert(row.name.clone(), trigger);
        } else if let Some(view) = schema.views.get_mut(&name) {
            view.triggers.insert(row.name.clone(), trigger);
        }
    }
}
