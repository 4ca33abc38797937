//! One table's part of a page.

use super::markdown::{cell_code, code, codes, prose, table as grid};
use super::page::PageOf;
use super::words;
use crate::introspect::{Column, Name, RowSecurity, Table, TableKind};

/// Everything about one table, under its heading.
pub(super) fn text(page: &PageOf<'_>, name: &Name, table: &Table) -> String {
    let parts = [
        format!("### {}", code(&name.to_string())),
        table.comment.as_deref().map(prose).unwrap_or_default(),
        nature(page, name, table),
        columns(page, name, table),
        keys(table),
        indexes(table),
        refers_to(page, name, table),
        referred_by(page, name),
        checks(table),
        triggers(table),
        policies(table),
    ];
    let told: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    told.join("\n\n")
}

fn nature(page: &PageOf<'_>, name: &Name, table: &Table) -> String {
    let mut told = Vec::new();
    told.extend(words::partitioning(table).map(|how| format!("Partitioned {how}.")));
    if table.kind == TableKind::Foreign {
        told.push("Stands on another server.".to_owned());
    }
    if page.sqlite_table(name).is_none() {
        told.push("On PostgreSQL only.".to_owned());
    }
    match table.row_security {
        RowSecurity::Off => {}
        RowSecurity::On => told.push("Policies decide which rows are there for whom, its owner aside.".to_owned()),
        RowSecurity::Forced => told.push("Policies decide which rows are there for whom.".to_owned()),
    }
    told.join(" ")
}

fn columns(page: &PageOf<'_>, name: &Name, table: &Table) -> String {
    let sqlite = page.sqlite_table(name);
    let row = |column: &Column| {
        let optional = |text: String| if text.is_empty() { text } else { cell_code(&text) };
        let on_sqlite = words::sqlite_type(column, sqlite);
        vec![
            cell_code(&column.name),
            cell_code(&words::type_name(&column.type_name)),
            if column.nullable { "yes".to_owned() } else { String::new() },
            optional(words::default_of(column)),
            if on_sqlite == "not there" { on_sqlite } else { optional(on_sqlite) },
            column.comment.as_deref().map(prose).unwrap_or_default(),
        ]
    };
    let rows: Vec<_> = table.columns.iter().map(row).collect();
    grid(&["column", "type", "NULL", "default", "SQLite", ""], &rows).trim_end().to_owned()
}

fn keys(table: &Table) -> String {
    let mut lines = Vec::new();
    if let Some(key) = &table.primary_key {
        let name = key.constraint.as_deref().map(|name| format!(" {}", code(name))).unwrap_or_default();
        lines.push(format!("Primary key{name}: {}", codes(&key.columns)));
    }
    for (name, unique) in &table.uniques {
        let nulls = if unique.nulls_not_distinct { "; NULLs are the same" } else { "" };
        let when = unique.deferrable.as_ref().map(|when| format!("; {when}")).unwrap_or_default();
        lines.push(format!("Unique {}: {}{nulls}{when}", code(name), codes(&unique.columns)));
    }
    for (name, definition) in &table.exclusions {
        lines.push(format!("Exclusion {}: {}", code(name), code(definition)));
    }
    list("Keys", lines)
}

fn indexes(table: &Table) -> String {
    let line = |(name, index): (&String, &crate::introspect::Index)| {
        let notes = words::index_notes(index);
        let notes = if notes.is_empty() { notes } else { format!("; {notes}") };
        let comment = index.comment.as_deref().map(|comment| format!(". {}", prose(comment))).unwrap_or_default();
        format!("{}: {}{notes}{comment}", code(name), words::index_columns(index))
    };
    list("Indexes", table.indexes.iter().map(line).collect())
}

fn refers_to(page: &PageOf<'_>, name: &Name, table: &Table) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (constraint, key) in &table.foreign_keys {
        let target = page.anchors().link(&key.table, &code(&key.table.to_string()));
        let changed =
            if key.on_update == "no action" { String::new() } else { format!(", on update {}", key.on_update) };
        lines.push(format!(
            "{} → {target} ({}), on delete {}{changed}: {}",
            codes(&key.columns),
            codes(&key.referenced),
            prose(&key.on_delete),
            code(constraint)
        ));
    }
    for reference in page.references_from(name) {
        let target = code(&format!("{}.{}", reference.database, reference.referenced_table));
        let rule = words::on_erase(&reference.on_erase);
        let file = super::file_of(&reference.database);
        lines.push(format!(
            "{} → [{target}]({file}) ({}) of another database; when that is erased, {rule}",
            code(&reference.column),
            code("id")
        ));
    }
    list("Refers to", lines)
}

fn referred_by(page: &PageOf<'_>, name: &Name) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (other, table) in &page.schema.tables {
        for key in table.foreign_keys.values().filter(|key| key.table == *name) {
            let from = page.anchors().link(other, &code(&other.to_string()));
            lines.push(format!("{from} ({})", codes(&key.columns)));
        }
    }
    for (database, reference) in page.references_to(name) {
        let from = code(&format!("{database}.{}", reference.table));
        lines.push(format!("[{from}]({}) ({}) of another database", super::file_of(database), code(&reference.column)));
    }
    list("Referred to by", lines)
}

fn checks(table: &Table) -> String {
    let line = |(name, check): (&String, &crate::introspect::Check)| {
        let unproved = if check.not_valid { " (old rows were never looked at)" } else { "" };
        format!("{}: {}{unproved}", code(name), code(&check.expression))
    };
    list("Checks", table.checks.iter().map(line).collect())
}

fn triggers(table: &Table) -> String {
    let line = |(name, trigger): (&String, &crate::introspect::Trigger)| {
        format!("{}: {}", code(name), words::trigger(trigger))
    };
    list("Triggers", table.triggers.iter().map(line).collect())
}

fn policies(table: &Table) -> String {
    let line = |(name, policy): (&String, &crate::introspect::Policy)| {
        let using = policy.using.as_ref().map(|using| format!(", rows where {}", code(using))).unwrap_or_default();
        let check = policy.check.as_ref().map(|check| format!(", written where {}", code(check))).unwrap_or_default();
        format!("{}: {} for {}{using}{check}", code(name), policy.command, codes(&policy.roles))
    };
    list("Policies", table.policies.iter().map(line).collect())
}

fn list(heading: &str, lines: Vec<String>) -> String {
    if lines.is_empty() {
        return String::new();
    }
    let lines: Vec<String> = lines.into_iter().map(|line| format!("- {line}")).collect();
    format!("**{heading}**\n\n{}", lines.join("\n"))
}
