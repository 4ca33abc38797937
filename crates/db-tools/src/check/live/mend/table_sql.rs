//! What hangs on a table, as SQL that makes it.

use crate::introspect::{Column, ForeignKey, Index, Key, Name, Policy, Table, Unique};
use crate::scratch::quote;

/// A name in SQL.
pub(in crate::check) fn sql_name(name: &Name) -> String {
    if name.schema.is_empty() { quote(&name.name) } else { format!("{}.{}", quote(&name.schema), quote(&name.name)) }
}

/// Something in the same schema as `name`.
pub(in crate::check::live) fn beside(name: &Name, other: &str) -> String {
    sql_name(&Name::new(name.schema.clone(), other))
}

/// A name as [`Name`] shows it: `app.things`, `"Mixed.Case"."a ""b"""`.
pub(in crate::check) fn parsed(shown: &str) -> Name {
    let mut parts = vec![String::new()];
    let mut characters = shown.chars().peekable();
    let mut quoted = false;
    while let Some(character) = characters.next() {
        let last = parts.last_mut().expect("there is always a last part");
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => last.extend(characters.next()),
            '"' => quoted = !quoted,
            '.' if !quoted => parts.push(String::new()),
            other => last.push(other),
        }
    }
    let name = parts.pop().unwrap_or_default();
    Name::new(parts.pop().unwrap_or_default(), name)
}

/// Columns, quoted.
pub(in crate::check::live) fn list(columns: &[String]) -> String {
    columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(", ")
}

pub(super) fn column(column: &Column) -> String {
    let collation = column.collation.as_ref().map(|name| format!(" COLLATE {}", quote(name))).unwrap_or_default();
    let value = match (&column.generated, &column.identity, &column.default) {
        (Some(generated), _, _) => format!(" GENERATED ALWAYS AS ({}) STORED", generated.expression),
        (None, Some(identity), _) => format!(" GENERATED {} AS IDENTITY", identity.to_uppercase()),
        (None, None, Some(default)) => format!(" DEFAULT {default}"),
        (None, None, None) => String::new(),
    };
    let nullable = if column.nullable { "" } else { " NOT NULL" };
    format!("{} {}{collation}{value}{nullable}", quote(&column.name), column.type_name)
}

pub(in crate::check) fn primary_key(key: &Key) -> String {
    format!("PRIMARY KEY ({}){}{}", list(&key.columns), include(&key.include), deferrable(key.deferrable.as_ref()))
}

pub(in crate::check) fn unique(unique: &Unique) -> String {
    let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
    let (columns, include) = (list(&unique.columns), include(&unique.include));
    format!("UNIQUE{nulls} ({columns}){include}{}", deferrable(unique.deferrable.as_ref()))
}

pub(in crate::check::live) fn foreign_key(key: &ForeignKey) -> String {
    let matching = key.matching.as_ref().map(|way| format!(" MATCH {}", way.to_uppercase())).unwrap_or_default();
    let action = |when: &str, action: &str| match action {
        "no action" => String::new(),
        other => format!(" ON {when} {}", with_columns(other)),
    };
    format!(
        "FOREIGN KEY ({}) REFERENCES {} ({}){matching}{}{}{}{}",
        list(&key.columns),
        sql_name(&key.table),
        list(&key.referenced),
        action("UPDATE", &key.on_update),
        action("DELETE", &key.on_delete),
        deferrable(key.deferrable.as_ref()),
        if key.not_valid { " NOT VALID" } else { "" },
    )
}

/// `set null (a, b)` has columns behind the action.
fn with_columns(action: &str) -> String {
    match action.split_once(" (") {
        Some((action, columns)) => {
            let columns: Vec<String> = columns.trim_end_matches(')').split(", ").map(str::to_owned).collect();
            format!("{} ({})", action.to_uppercase(), list(&columns))
        }
        None => action.to_uppercase(),
    }
}

fn include(columns: &[String]) -> String {
    if columns.is_empty() { String::new() } else { format!(" INCLUDE ({})", list(columns)) }
}

fn deferrable(when: Option<&String>) -> String {
    match when.map(String::as_str) {
        None => String::new(),
        Some("deferrable") => " DEFERRABLE".to_owned(),
        Some(_) => " DEFERRABLE INITIALLY DEFERRED".to_owned(),
    }
}

/// The definition of a constraint of this name, whatever sort it is of.
pub(super) fn constraint(table: &Table, kind: &str, name: &str) -> Option<String> {
    Some(match kind {
        "primary_key" => primary_key(table.primary_key.as_ref()?),
        "uniques" => unique(table.uniques.get(name)?),
        "foreign_keys" => foreign_key(table.foreign_keys.get(name)?),
        "exclusions" => table.exclusions.get(name)?.clone(),
        _ => {
            let check = table.checks.get(name)?;
            let inherit = if check.no_inherit { " NO INHERIT" } else { "" };
            let valid = if check.not_valid { " NOT VALID" } else { "" };
            format!("CHECK ({}){inherit}{valid}", check.expression)
        }
    })
}

pub(super) fn policy(table: &str, name: &str, policy: &Policy, role: impl Fn(&str) -> String) -> String {
    let kind = if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" };
    let roles = policy.roles.iter().map(|name| role(name)).collect::<Vec<_>>().join(", ");
    let using = policy.using.as_ref().map(|using| format!(" USING ({using})")).unwrap_or_default();
    let check = policy.check.as_ref().map(|check| format!(" WITH CHECK ({check})")).unwrap_or_default();
    let (name, command) = (quote(name), policy.command.to_uppercase());
    format!("CREATE POLICY {name} ON {table} AS {kind} FOR {command} TO {roles}{using}{check}")
}

/// The index of a parent, made on a partition and hung below it. The parent stands in the same schema in all but odd
/// cases, where the second statement says so by failing.
pub(in crate::check::live) fn index_on_partition(partition: &Name, parent_index: &str, index: &Index) -> Vec<String> {
    let definition = index.definition.clone().unwrap_or_default();
    let tail = definition.split_once(" USING ").map(|(_, tail)| tail).unwrap_or_default();
    let unique = if index.unique { "UNIQUE " } else { "" };
    let own: String = format!("{}_{parent_index}", partition.name).chars().take(60).collect();
    vec![
        format!("CREATE {unique}INDEX CONCURRENTLY {} ON {} USING {tail}", quote(&own), sql_name(partition)),
        format!("ALTER INDEX {} ATTACH PARTITION {}", beside(partition, parent_index), beside(partition, &own)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_names_are_read_back() {
        for name in [Name::new("app", "things"), Name::bare("things"), Name::new("Mixed.Case", "a \"b\".c")] {
            assert_eq!(parsed(&name.to_string()), name);
        }
    }
}
