//! How the values of one type become those of another on each engine.

use crate::logical::ColumnType;

/// The short name of a type that the catalogue spells out.
pub(super) fn short(spelt: &str) -> String {
    spelt
        .replace("timestamp with time zone", "timestamptz")
        .replace("timestamp without time zone", "timestamp")
        .replace("time without time zone", "time")
        .replace("character varying", "varchar")
        .replace("character(", "char(")
}

/// Types of PostgreSQL that turn into each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Number,
    Text,
    Boolean,
    Time,
    Json,
    Other,
}

impl Family {
    fn of(spelt: &str) -> Self {
        let head = spelt.split('(').next().unwrap_or_default().trim();
        match head {
            "smallint" | "integer" | "bigint" | "real" | "double precision" | "numeric" => Self::Number,
            "text" | "character varying" | "character" => Self::Text,
            "boolean" => Self::Boolean,
            "timestamp with time zone" | "timestamp without time zone" | "date" => Self::Time,
            "json" | "jsonb" => Self::Json,
            _ => Self::Other,
        }
    }
}

/// The expression that makes a value of `to` from `column`, both as the catalogue spells them; nothing where there is
/// none that holds for every value.
pub(super) fn postgres_cast(column: &str, from: &str, to: &str) -> Option<String> {
    let (old, new) = (Family::of(from), Family::of(to));
    let short = short(to);
    match (old, new) {
        (Family::Boolean, Family::Number) => Some(format!("{column}::integer::{short}")),
        (Family::Number, Family::Boolean) => Some(format!("{column} <> 0")),
        (Family::Other, Family::Other) if from != to => None,
        // As SQLite holds it; a plain cast would speak the time zone of whoever migrates.
        (Family::Time, Family::Text) => Some(match from.split('(').next().unwrap_or_default() {
            "date" => format!("to_char({column}, 'YYYY-MM-DD')"),
            stamp if stamp.ends_with("with time zone") => {
                format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')")
            }
            _ => format!("to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"),
        }),
        _ if old == new || old == Family::Text || new == Family::Text => Some(format!("{column}::{short}")),
        _ => None,
    }
}

/// As [`postgres_cast`], for how SQLite holds the values.
pub(super) fn sqlite_cast(column: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let (old, new) = (base(from), base(to));
    if *to == ColumnType::Boolean && *from != ColumnType::Boolean && old == "INTEGER" {
        return Some(format!("{column} <> 0"));
    }
    if *from == ColumnType::Uuid && new == "TEXT" {
        let part = |from, length| format!("substr(hex({column}), {from}, {length})");
        let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
        return Some(format!("lower({})", parts.join(" || '-' || ")));
    }
    if old == new {
        return Some(column.to_owned());
    }
    let checked = to.sqlite(column).is_some_and(|(_, check)| check.is_some());
    match (old, new) {
        // CAST makes a zero of what is no number. A STRICT table takes a text that is one, and refuses every other, as
        // PostgreSQL does.
        ("TEXT", "INTEGER" | "REAL") if !checked => return Some(column.to_owned()),
        // What is too large is refused too.
        ("REAL", "INTEGER") if !checked => return Some(format!("round({column})")),
        _ => {}
    }
    (old != "BLOB" && new != "BLOB" && !checked).then(|| format!("CAST({column} AS {new})"))
}

/// The storage class on SQLite.
pub(super) fn base(kind: &ColumnType) -> &'static str {
    kind.sqlite("x").map_or("BLOB", |(base, _)| base)
}

/// What stands in a column for rows whose value is lost, on PostgreSQL; nothing where no value suits.
pub(super) fn postgres_filler(spelt: &str) -> Option<&'static str> {
    Some(match Family::of(spelt) {
        Family::Number => "0",
        Family::Text => "''",
        Family::Boolean => "false",
        Family::Time => "'1970-01-01'",
        Family::Json => "'{}'",
        Family::Other => match spelt {
            "uuid" => "'00000000-0000-0000-0000-000000000000'",
            "bytea" => "''",
            _ => return None,
        },
    })
}

/// As [`postgres_filler`], for SQLite.
pub(super) fn sqlite_filler(kind: &ColumnType) -> &'static str {
    match kind {
        ColumnType::Uuid => "zeroblob(16)",
        ColumnType::Timestamp => "'1970-01-01T00:00:00+00:00'",
        ColumnType::LocalTimestamp => "'1970-01-01T00:00:00'",
        ColumnType::Date => "'1970-01-01'",
        ColumnType::Time => "'00:00:00'",
        ColumnType::Json | ColumnType::JsonBinary => "'{}'",
        other => match base(other) {
            "BLOB" => "x''",
            "TEXT" => "''",
            _ => "0",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cast_that_no_value_stands_is_none() {
        assert_eq!(postgres_cast("c", "text", "uuid").as_deref(), Some("c::uuid"));
        assert_eq!(postgres_cast("c", "bigint", "boolean").as_deref(), Some("c <> 0"));
        assert_eq!(postgres_cast("c", "uuid", "bytea"), None);
        assert_eq!(postgres_cast("c", "integer", "timestamp with time zone"), None);
        let sqlite = |from, to| sqlite_cast("c", &from, &to);
        assert_eq!(sqlite(ColumnType::Integer, ColumnType::Text).as_deref(), Some("CAST(c AS TEXT)"));
        assert_eq!(sqlite(ColumnType::Text, ColumnType::Timestamp).as_deref(), Some("c"));
        assert_eq!(sqlite(ColumnType::Text, ColumnType::Uuid), None);
        assert_eq!(sqlite(ColumnType::Text, ColumnType::BigInteger).as_deref(), Some("c"));
        assert_eq!(postgres_cast("c", "date", "text").as_deref(), Some("to_char(c, 'YYYY-MM-DD')"));
    }
}
