//! What stands beside the tables: views, functions, types, sequences, and what only SQLite has.

use super::markdown::{cell_code, code, prose, table as grid};
use super::page::PageOf;
use super::words;
use crate::introspect::{Function, Name, Table, Type, View};

/// A part for each sort of object that there is.
pub(super) fn text(page: &PageOf<'_>) -> Vec<String> {
    let parts = [views(page), functions(page), types(page), sequences(page), only_on_sqlite(page)];
    parts.into_iter().filter(|part| !part.is_empty()).collect()
}

fn views(page: &PageOf<'_>) -> String {
    let row = |(name, view): (&Name, &View)| {
        let kind = if view.materialised { "stored" } else { "" };
        let columns = view.columns.iter().map(|column| cell_code(&column.name)).collect::<Vec<_>>().join(", ");
        vec![cell_code(&name.to_string()), kind.to_owned(), columns, comment(view.comment.as_ref())]
    };
    part("Views", &["view", "rows", "columns", ""], &page.schema.views.iter().map(row).collect::<Vec<_>>())
}

/// Whether a function works with the rights of its owner is worth knowing at a glance.
fn functions(page: &PageOf<'_>) -> String {
    let row = |(name, function): (&String, &Function)| {
        let owners = if function.definition.contains("SECURITY DEFINER") { "the owner's" } else { "" };
        let kind = if function.kind == "function" { "" } else { function.kind.as_str() };
        vec![cell_code(name), kind.to_owned(), owners.to_owned(), comment(function.comment.as_ref())]
    };
    part("Functions", &["function", "kind", "rights", ""], &page.schema.functions.iter().map(row).collect::<Vec<_>>())
}

fn types(page: &PageOf<'_>) -> String {
    let row = |(name, one): (&Name, &Type)| {
        let members = one.members.iter().map(|member| cell_code(member)).collect::<Vec<_>>().join(", ");
        let base = one.base.as_ref().map(|base| cell_code(&words::type_name(base))).unwrap_or_default();
        let checks = one.checks.values().map(|check| cell_code(check)).collect::<Vec<_>>().join(", ");
        let all: Vec<String> = [members, base, checks].into_iter().filter(|text| !text.is_empty()).collect();
        vec![cell_code(&name.to_string()), one.kind.clone(), all.join("; "), comment(one.comment.as_ref())]
    };
    part("Types", &["type", "kind", "of", ""], &page.schema.types.iter().map(row).collect::<Vec<_>>())
}

/// Those behind columns are told with them.
fn sequences(page: &PageOf<'_>) -> String {
    let own = page.schema.sequences.iter().filter(|(_, sequence)| sequence.owned_by.is_none());
    let rows = own.map(|(name, sequence)| {
        vec![cell_code(&name.to_string()), cell_code(&sequence.definition), comment(sequence.comment.as_ref())]
    });
    part("Sequences", &["sequence", "definition", ""], &rows.collect::<Vec<_>>())
}

/// Tables and views that PostgreSQL has under no schema, such as those of full-text search.
fn only_on_sqlite(page: &PageOf<'_>) -> String {
    let there = |name: &Name| {
        let same = |other: &Name| other.name == name.name;
        page.schema.tables.keys().any(same) || page.schema.views.keys().any(same)
    };
    let columns = |table: &Table| {
        let shown = table.columns.iter().filter(|column| !column.hidden).map(|column| code(&column.name));
        shown.collect::<Vec<_>>().join(", ")
    };
    let tables = page.sqlite.tables.iter().filter(|(name, _)| !there(name));
    let mut lines: Vec<String> =
        tables.map(|(name, table)| format!("- {}: {}", code(&name.to_string()), columns(table))).collect();
    let views = page.sqlite.views.keys().filter(|name| !there(name));
    lines.extend(views.map(|name| format!("- {}, a view", code(&name.to_string()))));
    if lines.is_empty() { String::new() } else { format!("## Only on SQLite\n\n{}", lines.join("\n")) }
}

fn comment(comment: Option<&String>) -> String {
    comment.map(|comment| prose(comment)).unwrap_or_default()
}

fn part(heading: &str, columns: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    format!("## {heading}\n\n{}", grid(columns, rows).trim_end())
}
