//! How the values of one type become those of another on each engine.

use super::loss;
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
    fn of(kind: &ColumnType) -> Self {
        match kind {
            ColumnType::Real | ColumnType::Double | ColumnType::Decimal(_) => Self::Number,
            whole if whole.is_whole_number() => Self::Number,
            text if text.is_text() => Self::Text,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Timestamp | ColumnType::LocalTimestamp | ColumnType::Date => Self::Time,
            ColumnType::Json | ColumnType::JsonBinary => Self::Json,
            _ => Self::Other,
        }
    }
}

/// Whether a condition on a column of the one type means the same, and is taken, for the other.
pub(super) fn is_alike(one: &ColumnType, other: &ColumnType) -> bool {
    let (one, other) = (Family::of(one), Family::of(other));
    one == other && one != Family::Other
}

/// How the values of a column become those of another type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cast {
    /// The expression; nothing where the engine converts by itself, and then refuses what does not fit.
    pub(crate) expression: Option<String>,
    /// What values lose without an error.
    pub(crate) loses: Option<&'static str>,
}

/// How a value of `to` is made from `column`, both as PostgreSQL spells them; nothing where there is no way that holds
/// for every value.
///
/// A cast that is written cuts a text that is too long, while the one that PostgreSQL does by itself refuses it: a cast
/// stands there only where PostgreSQL asks for it.
pub(crate) fn postgres_cast(column: &str, from: &str, to: &str) -> Option<Cast> {
    let kinds = (ColumnType::from_postgres(from), ColumnType::from_postgres(to));
    let (old, new) = (Family::of(&kinds.0), Family::of(&kinds.1));
    let short = short(to);
    let written = format!("{column}::{short}");
    let loses = loss::on_postgres(&kinds.0, &kinds.1);
    let expression = match (old, new) {
        (Family::Boolean, Family::Number) => Some(format!("{column}::integer::{short}")),
        // A number that is neither 0 nor 1 is refused.
        (Family::Number, Family::Boolean) if matches!(kinds.0, ColumnType::Decimal(_)) => {
            Some(format!("trim_scale({column})::text::boolean"))
        }
        (Family::Number, Family::Boolean) => Some(format!("{column}::text::boolean")),
        (Family::Other, Family::Other) if from != to => return None,
        (Family::Time, Family::Text) => Some(time_as_text(column, &kinds.0)),
        (Family::Time, Family::Time) => time_as_time(column, &kinds),
        (_, Family::Text) => None,
        (Family::Text, _) => Some(written.clone()),
        _ if old == new => None,
        _ => return None,
    };
    // Where something is lost the expression stands there, for somebody to change.
    Some(Cast { expression: expression.or_else(|| loses.map(|_| written)), loses })
}

/// As SQLite holds it; a plain cast would speak the time zone of whoever migrates.
fn time_as_text(column: &str, from: &ColumnType) -> String {
    match from {
        ColumnType::Date => format!("to_char({column}, 'YYYY-MM-DD')"),
        ColumnType::Timestamp => {
            format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"+00:00\"')")
        }
        _ => format!("to_char({column}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"),
    }
}

/// In UTC, whatever the time zone of whoever migrates; nothing where no zone takes part.
fn time_as_time(column: &str, kinds: &(ColumnType, ColumnType)) -> Option<String> {
    Some(match kinds {
        (ColumnType::Date, ColumnType::Timestamp) => format!("{column}::timestamp AT TIME ZONE 'UTC'"),
        (ColumnType::Timestamp, ColumnType::Date) => format!("({column} AT TIME ZONE 'UTC')::date"),
        (ColumnType::LocalTimestamp, ColumnType::Timestamp) | (ColumnType::Timestamp, ColumnType::LocalTimestamp) => {
            format!("{column} AT TIME ZONE 'UTC'")
        }
        _ => return None,
    })
}

/// As [`postgres_cast`], for how SQLite holds the values. The CHECK of the new type refuses what does not fit.
pub(super) fn sqlite_cast(column: &str, from: &ColumnType, to: &ColumnType) -> Option<Cast> {
    let expression = sqlite_expression(column, from, to)?;
    Some(Cast { expression: Some(expression), loses: loss::on_sqlite(from, to) })
}

fn sqlite_expression(column: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let (old, new) = (base(from), base(to));
    if *from == ColumnType::Uuid && new == "TEXT" {
        let part = |from, length| format!("substr(hex({column}), {from}, {length})");
        let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
        return Some(format!("lower({})", parts.join(" || '-' || ")));
    }
    match (from, to) {
        (ColumnType::Date, ColumnType::Timestamp) => return Some(format!("{column} || 'T00:00:00+00:00'")),
        (ColumnType::Date, ColumnType::LocalTimestamp) => return Some(format!("{column} || 'T00:00:00'")),
        (ColumnType::LocalTimestamp, ColumnType::Timestamp) => return Some(format!("{column} || '+00:00'")),
        (ColumnType::Timestamp, ColumnType::LocalTimestamp) => {
            return Some(format!("substr({column}, 1, length({column}) - 6)"));
        }
        (ColumnType::Timestamp | ColumnType::LocalTimestamp, ColumnType::Date) => {
            return Some(format!("substr({column}, 1, 10)"));
        }
        _ => {}
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
    Some(match Family::of(&ColumnType::from_postgres(spelt)) {
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

    fn postgres(from: &str, to: &str) -> Option<String> {
        postgres_cast("c", from, to).and_then(|cast| cast.expression)
    }

    #[test]
    fn a_cast_that_no_value_stands_is_none() {
        assert_eq!(postgres("text", "uuid").as_deref(), Some("c::uuid"));
        assert_eq!(postgres("bigint", "boolean").as_deref(), Some("c::text::boolean"));
        assert_eq!(postgres("numeric(3,2)", "boolean").as_deref(), Some("trim_scale(c)::text::boolean"));
        assert_eq!(postgres_cast("c", "uuid", "bytea"), None);
        assert_eq!(postgres_cast("c", "integer", "timestamp with time zone"), None);
        let sqlite = |from, to| sqlite_cast("c", &from, &to).and_then(|cast| cast.expression);
        assert_eq!(sqlite(ColumnType::Integer, ColumnType::Text).as_deref(), Some("CAST(c AS TEXT)"));
        assert_eq!(sqlite(ColumnType::Text, ColumnType::Timestamp).as_deref(), Some("c"));
        assert_eq!(sqlite(ColumnType::Text, ColumnType::Uuid), None);
        assert_eq!(sqlite(ColumnType::Text, ColumnType::BigInteger).as_deref(), Some("c"));
        assert_eq!(sqlite(ColumnType::AnyInteger, ColumnType::Boolean).as_deref(), Some("c"));
        assert_eq!(postgres("date", "text").as_deref(), Some("to_char(c, 'YYYY-MM-DD')"));
    }

    #[test]
    fn postgres_converts_by_itself_what_it_then_refuses_to_cut() {
        let by_itself = Some(Cast { expression: None, loses: None });
        for (from, to) in [
            ("text", "character varying(40)"),
            ("text", "varchar(40)"),
            ("character varying(40)", "character varying(20)"),
            ("uuid", "character varying(20)"),
            ("bigint", "integer"),
            ("numeric(8,2)", "numeric(6,2)"),
            ("date", "timestamp without time zone"),
        ] {
            assert_eq!(postgres_cast("c", from, to), by_itself, "{from} to {to}");
        }
        let utc = "c AT TIME ZONE 'UTC'";
        assert_eq!(postgres("timestamp without time zone", "timestamp with time zone").as_deref(), Some(utc));
        let lossy = postgres_cast("c", "numeric(8,2)", "bigint").unwrap();
        assert_eq!((lossy.expression.as_deref(), lossy.loses.is_some()), (Some("c::bigint"), true));
    }
}
