//! A table of SQLite that is made anew, since ALTER cannot change it.

use super::objects::{Object, Objects, TableTexts};
use super::text::Definition;
use crate::generate::names::{literal, quoted};

/// What is read for a column of the new table.
#[derive(Clone, Debug)]
pub(super) struct Copied {
    pub(super) column: String,
    pub(super) expression: String,
    /// What somebody has to decide on, or to know.
    pub(super) mark: Option<String>,
}

/// The statements that put `new` in the place of a table, with its rows.
pub(super) fn statements(name: &str, new: &TableTexts, copied: &[Copied], objects: &Objects) -> Vec<String> {
    let (table, temporary) = (quoted(name), quoted(&objects.free_name(name)));
    let dependants = objects.dependants(name);
    let mut lines: Vec<String> = dependants.iter().rev().map(Object::dropped).collect();
    lines.push(match Definition::parse(&new.sql) {
        Some(definition) => definition.statement(&temporary),
        None => new.sql.clone(),
    });
    lines.extend(copied.iter().filter_map(|one| one.mark.clone()));
    lines.push(copy(&temporary, &table, copied));
    if new.sql.to_lowercase().contains("autoincrement") {
        let (new, old) = (literal(&objects.free_name(name)), literal(name));
        lines.push(format!("DELETE FROM sqlite_sequence WHERE name = {new}"));
        lines.push(format!(
            "INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq FROM sqlite_sequence WHERE name = {old}"
        ));
    }
    lines.push(format!("DROP TABLE {table}"));
    lines.push(format!("ALTER TABLE {temporary} RENAME TO {table}"));
    lines.extend(new.indexes.iter().map(|(_, sql)| sql.clone()));
    lines.extend(new.triggers.iter().map(|(_, sql)| sql.clone()));
    lines.extend(dependants.iter().map(|object| object.sql.clone()));
    // Rows have other rowids now, by which a full-text index finds them.
    lines.extend(objects.full_text_of(name).map(Object::refilled));
    lines
}

/// What is read for each column of `to`: as `given` says, else as it stands in `from`, else nothing, for its default.
pub(super) fn copies(to: &[String], from: &[String], given: &[Copied]) -> Vec<Copied> {
    let one = |column: &String| {
        let said = given.iter().find(|one| one.column == *column).cloned();
        let there =
            from.contains(column).then(|| Copied { column: column.clone(), expression: quoted(column), mark: None });
        said.or(there)
    };
    to.iter().filter_map(one).collect()
}

fn copy(to: &str, from: &str, copied: &[Copied]) -> String {
    let columns: Vec<String> = copied.iter().map(|one| quoted(&one.column)).collect();
    let expressions: Vec<&str> = copied.iter().map(|one| one.expression.as_str()).collect();
    let one_line = format!("INSERT INTO {to} ({}) SELECT {} FROM {from}", columns.join(", "), expressions.join(", "));
    if one_line.len() <= 116 {
        return one_line;
    }
    format!(
        "INSERT INTO {to} (\n    {}\n)\nSELECT\n    {}\nFROM {from}",
        wrapped(columns.iter().map(String::as_str)),
        wrapped(expressions)
    )
}

/// Items in lines that a reader's window holds.
fn wrapped<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let (mut text, mut width) = (String::new(), 0);
    for item in items {
        if width > 0 && width + item.len() > 108 {
            text.push_str(",\n    ");
            width = 0;
        } else if width > 0 {
            text.push_str(", ");
        }
        text.push_str(item);
        width += item.len() + 2;
    }
    text
}
