//! Indexes and unique constraints.

use std::collections::{BTreeMap, HashMap};

use super::create_table::Written;
use super::rows::{IndexColumnRow, StatementRow};
use super::text::{Token, group, parts, spell, tokens};
use crate::introspect::{Index, IndexColumn, Name, Schema, Table, Unique};

pub(super) fn add(
    schema: &mut Schema,
    rows: &[IndexColumnRow],
    statements: &[StatementRow],
    written: &HashMap<String, Written>,
) {
    let mut by_index: BTreeMap<(&str, &str), Vec<&IndexColumnRow>> = BTreeMap::new();
    for row in rows {
        by_index.entry((&row.owner, &row.index)).or_default().push(row);
    }
    let sql: HashMap<&str, &str> =
        statements.iter().filter(|row| row.kind == "index").map(|row| (row.name.as_str(), row.sql.as_str())).collect();
    for ((owner, name), columns) in by_index {
        let Some(table) = schema.tables.get_mut(&Name::bare(owner)) else { continue };
        match columns.first().map(|row| row.origin.as_str()) {
            Some("c") => {
                let index = index(&columns, sql.get(name).copied().unwrap_or_default());
                table.indexes.insert(name.to_owned(), index);
            }
            Some("u") => add_unique(table, &columns, written.get(owner)),
            _ => {}
        }
    }
}

fn add_unique(table: &mut Table, rows: &[&IndexColumnRow], written: Option<&Written>) {
    let columns: Vec<String> = rows.iter().filter_map(|row| row.name.clone()).collect();
    let same = |names: &[String]| {
        names.len() == columns.len() && names.iter().zip(&columns).all(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    let given = written.and_then(|written| written.uniques.iter().find(|(_, names)| same(names)));
    let name = given.and_then(|(name, _)| name.clone()).unwrap_or_else(|| format!("({})", columns.join(", ")));
    let unique = Unique { columns, include: Vec::new(), nulls_not_distinct: false, deferrable: None, comment: None };
    table.uniques.insert(name, unique);
}

fn index(rows: &[&IndexColumnRow], sql: &str) -> Index {
    let tokens = tokens(sql);
    let list = tokens.iter().position(|token| token.is("(")).and_then(|open| group(&tokens, open));
    let (keys, behind) = list.map_or((Vec::new(), tokens.len()), |(inner, behind)| (parts(inner), behind));
    let predicate = tokens.get(behind).filter(|token| token.is("where")).map(|_| spell(&tokens[behind + 1..]));
    Index {
        unique: rows.iter().any(|row| row.unique != 0),
        columns: rows.iter().map(|row| column(row, keys.get(row.place).copied().unwrap_or_default())).collect(),
        include: Vec::new(),
        method: None,
        predicate,
        nulls_not_distinct: false,
        invalid: false,
        definition: None,
        comment: None,
    }
}

fn column(row: &IndexColumnRow, written: &[Token]) -> IndexColumn {
    let end = written.iter().position(|token| ["collate", "asc", "desc"].iter().any(|word| token.is(word)));
    let key = match (&row.name, row.number) {
        (Some(name), _) => name.clone(),
        (None, -1) => "rowid".to_owned(),
        (None, _) => spell(&written[..end.unwrap_or(written.len())]),
    };
    IndexColumn {
        key,
        expression: row.number == -2,
        descending: row.descending != 0,
        nulls_moved: false,
        collation: row
            .collation
            .as_ref()
            .filter(|name| !name.eq_ignore_ascii_case("binary"))
            .map(|name| name.to_lowercase()),
        operator_class: None,
    }
}
