//! Tables of PostgreSQL as statements, from what the catalogue says of them or would say.

use super::aside;
use crate::generate::names::{in_lines, list, literal, qualified, quoted};
use crate::generate::types::short;
use crate::introspect::{Column, ForeignKey, Index, Key, Name, Table, Unique};

pub(super) fn table_name(name: &Name) -> String {
    qualified(&name.schema, &name.name)
}

/// `name type NOT NULL DEFAULT …`.
pub(super) fn column(column: &Column) -> String {
    let said = |text: Option<String>| text.unwrap_or_default();
    let collation = said(column.collation.as_ref().map(|name| format!(" COLLATE {name}")));
    let identity = column.identity.as_ref().map(|kind| format!(" GENERATED {} AS IDENTITY", kind.to_uppercase()));
    let computed = column.generated.as_ref().map(|one| format!(" GENERATED ALWAYS AS ({}) STORED", one.expression));
    let required = if column.nullable { "" } else { " NOT NULL" };
    let default = said(column.default.as_ref().map(|text| format!(" DEFAULT {text}")));
    let (name, kind) = (quoted(&column.name), short(&column.type_name));
    format!("{name} {kind}{collation}{}{}{required}{default}", said(identity), said(computed))
}

pub(super) fn primary_key(key: &Key) -> String {
    let name = key.constraint.as_ref().map(|name| format!("CONSTRAINT {} ", quoted(name))).unwrap_or_default();
    format!(
        "{name}PRIMARY KEY ({}){}{}",
        list(&key.columns),
        include(&key.include),
        deferrable(key.deferrable.as_deref())
    )
}

pub(super) fn unique(name: &str, unique: &Unique) -> String {
    let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    let (columns, include) = (list(&unique.columns), include(&unique.include));
    format!(
        "CONSTRAINT {} UNIQUE{nulls} ({columns}){include}{}",
        quoted(name),
        deferrable(unique.deferrable.as_deref())
    )
}

pub(super) fn foreign_key(name: &str, key: &ForeignKey) -> String {
    let matching = key.matching.as_ref().map(|word| format!(" MATCH {}", word.to_uppercase())).unwrap_or_default();
    let action = |event: &str, action: &str| match action {
        "no action" => String::new(),
        action => format!(" ON {event} {}", action.to_uppercase()),
    };
    let references = format!(
        "REFERENCES {} ({}){matching}{}{}{}",
        table_name(&key.table),
        list(&key.referenced),
        action("DELETE", &key.on_delete),
        action("UPDATE", &key.on_update),
        deferrable(key.deferrable.as_deref())
    );
    in_lines(format!("CONSTRAINT {} FOREIGN KEY ({})", quoted(name), list(&key.columns)), &references)
}

fn include(columns: &[String]) -> String {
    if columns.is_empty() { String::new() } else { format!(" INCLUDE ({})", list(columns)) }
}

fn deferrable(text: Option<&str>) -> String {
    match text {
        Some("initially deferred") => " DEFERRABLE INITIALLY DEFERRED".to_owned(),
        Some(_) => " DEFERRABLE".to_owned(),
        None => String::new(),
    }
}

/// The constraints of a table in the order of a CREATE TABLE, those named in `without` left out.
pub(super) fn constraints(table: &Table, without: &[String]) -> Vec<String> {
    let key = table.primary_key.iter().map(primary_key);
    let uniques = table.uniques.iter().map(|(name, one)| unique(name, one));
    let checks =
        table.checks.iter().map(|(name, one)| format!("CONSTRAINT {} CHECK ({})", quoted(name), one.expression));
    let exclusions = table.exclusions.iter().map(|(name, text)| format!("CONSTRAINT {} {text}", quoted(name)));
    let keys = table.foreign_keys.iter().filter(|(name, _)| !without.contains(name));
    let keys = keys.map(|(name, one)| foreign_key(name, one));
    key.chain(uniques).chain(checks).chain(exclusions).chain(keys).collect()
}

/// The statements that make a table with all that hangs on it.
pub(super) fn table(name: &Name, table: &Table, without: &[String]) -> Vec<String> {
    let columns = table.columns.iter().map(column);
    let lines: Vec<String> = columns.chain(constraints(table, without)).map(|line| format!("    {line}")).collect();
    let (unlogged, options): (Vec<&String>, Vec<&String>) =
        table.options.iter().partition(|option| *option == "unlogged");
    let unlogged = if unlogged.is_empty() { "" } else { "UNLOGGED " };
    let options: Vec<&str> = options.into_iter().map(String::as_str).collect();
    let options = if options.is_empty() { String::new() } else { format!(" WITH ({})", options.join(", ")) };
    let made = format!("CREATE {unlogged}TABLE {} (\n{}\n){options}", table_name(name), lines.join(",\n"));
    let mut statements = vec![made];
    statements.extend(table.indexes.iter().flat_map(|(index, one)| index_made(name, index, one)));
    statements.extend(table.triggers.iter().flat_map(|(trigger, one)| aside::trigger_made(name, trigger, one)));
    statements.extend(comments(name, table));
    statements.extend(constraint_comments(name, table, |constraint| !without.contains(constraint)));
    statements
}

pub(super) fn comments(name: &Name, table: &Table) -> Vec<String> {
    let own = table.comment.iter().map(|text| format!("COMMENT ON TABLE {} IS {}", table_name(name), literal(text)));
    let columns = table.columns.iter().filter_map(|column| column_comment(name, column));
    own.chain(columns).collect()
}

pub(super) fn column_comment(name: &Name, column: &Column) -> Option<String> {
    let text = column.comment.as_ref()?;
    Some(format!("COMMENT ON COLUMN {}.{} IS {}", table_name(name), quoted(&column.name), literal(text)))
}

/// The comments on those constraints of a table that are asked for.
pub(super) fn constraint_comments(name: &Name, table: &Table, which: impl Fn(&String) -> bool) -> Vec<String> {
    let uniques = table.uniques.iter().map(|(constraint, one)| (constraint, &one.comment));
    let checks = table.checks.iter().map(|(constraint, one)| (constraint, &one.comment));
    let keys = table.foreign_keys.iter().map(|(constraint, one)| (constraint, &one.comment));
    let line = |(constraint, comment): (&String, &Option<String>)| {
        let text = comment.as_ref().filter(|_| which(constraint))?;
        Some(format!("COMMENT ON CONSTRAINT {} ON {} IS {}", quoted(constraint), table_name(name), literal(text)))
    };
    uniques.chain(checks).chain(keys).filter_map(line).collect()
}

/// The statements that make an index with its comment.
pub(super) fn index_made(table: &Name, name: &str, index: &Index) -> Vec<String> {
    let comment = index.comment.as_ref();
    let comment =
        comment.map(|text| format!("COMMENT ON INDEX {} IS {}", qualified(&table.schema, name), literal(text)));
    std::iter::once(index_statement(table, name, index, "")).chain(comment).collect()
}

/// `how` is nothing, or `CONCURRENTLY IF NOT EXISTS`.
pub(super) fn index_statement(table: &Name, name: &str, index: &Index, how: &str) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let how = if how.is_empty() { String::new() } else { format!("{how} ") };
    // PostgreSQL's own definition knows operator classes, too: all behind ` ON ` is kept.
    let rest = index.definition.as_ref().and_then(|text| text.split_once(" ON ")).map(|(_, rest)| rest.to_owned());
    let rest = rest.unwrap_or_else(|| {
        let columns: Vec<String> = index.columns.iter().map(|column| column.key.clone()).collect();
        format!("{} ({})", table_name(table), list(&columns))
    });
    format!("CREATE {unique}INDEX {how}{} ON {}", quoted(name), rest.replace(" USING btree ", " "))
}
