//! Cells to values: the same rules for both engines, checked before the engine sees them.

use std::fmt::Write as _;

use atriz_kernel::seed_id;
use csv::StringRecord;
use sea_orm::prelude::{ChronoDate, ChronoDateTimeUtc, Uuid};
use sea_orm::sea_query::ColumnType;

use super::keys::Identity;
use super::shape::{Column, Shape, Source};

/// A value, ready for either engine.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Id(Uuid),
    Integer(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    Time(ChronoDateTimeUtc),
    Date(ChronoDate),
    Bytes(Vec<u8>),
}

/// One staged row.
#[derive(Clone, Debug)]
pub(super) struct Row {
    /// The line in the file.
    pub(super) line: u64,
    pub(super) values: Vec<Value>,
    /// Of its primary key.
    pub(super) identity: Identity,
}

/// The natural key of a row: its cells joined by `/`.
pub(super) fn key_of(shape: &Shape, cells: &StringRecord) -> Result<String, (usize, String)> {
    let parts: Vec<&str> = shape.key.iter().map(|index| &cells[*index]).collect();
    for index in &shape.key {
        let is_parent =
            shape.columns.iter().any(|column| matches!(column.source, Source::Parent { cell, .. } if cell == *index));
        if parts.len() > 1 && !is_parent && cells[*index].contains('/') {
            return Err((*index, "a part of a key of several columns cannot hold `/`".to_owned()));
        }
    }
    Ok(parts.join("/"))
}

/// The value of one column of a row.
pub(super) fn value_of(shape: &Shape, column: &Column, cells: &StringRecord, key: &str) -> Result<Value, String> {
    match &column.source {
        Source::Id => Ok(Value::Id(seed_id(&shape.table.name, key))),
        Source::Cell(index) => parse(column, &cells[*index]),
        Source::Parent { cell, table, .. } => match &cells[*cell] {
            "" if column.nullable => Ok(Value::Null),
            "" => Err("it names no parent, and needs one".to_owned()),
            text => Ok(Value::Id(seed_id(table, text))),
        },
    }
}

fn parse(column: &Column, text: &str) -> Result<Value, String> {
    let is_text =
        matches!(column.kind, ColumnType::Text | ColumnType::String(_) | ColumnType::Char(_) | ColumnType::Enum { .. });
    if text.is_empty() && (column.nullable || !is_text) {
        return if column.nullable { Ok(Value::Null) } else { Err("it is empty, and needs a value".to_owned()) };
    }
    match &column.kind {
        ColumnType::Uuid => text.parse().map(Value::Id).map_err(|_| wrong(text, "a UUID")),
        ColumnType::BigInteger => text.parse().map(Value::Integer).map_err(|_| wrong(text, "a whole number")),
        ColumnType::Integer => text
            .parse::<i32>()
            .map(|number| Value::Integer(number.into()))
            .map_err(|_| wrong(text, "a whole number of 32 bits")),
        ColumnType::SmallInteger | ColumnType::TinyInteger => text
            .parse::<i16>()
            .map(|number| Value::Integer(number.into()))
            .map_err(|_| wrong(text, "a whole number of 16 bits")),
        ColumnType::Float | ColumnType::Double => text.parse().map(Value::Float).map_err(|_| wrong(text, "a number")),
        ColumnType::Boolean => match text {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(wrong(text, "true or false")),
        },
        ColumnType::TimestampWithTimeZone | ColumnType::Timestamp | ColumnType::DateTime => {
            text.parse().map(Value::Time).map_err(|_| wrong(text, "a time such as 2026-01-31T08:00:00Z"))
        }
        ColumnType::Date => text.parse().map(Value::Date).map_err(|_| wrong(text, "a date such as 2026-01-31")),
        ColumnType::Json | ColumnType::JsonBinary => serde_json::from_str::<serde_json::Value>(text)
            .map(|json| Value::Text(json.to_string()))
            .map_err(|_| wrong(text, "JSON")),
        ColumnType::Blob | ColumnType::Binary(_) | ColumnType::VarBinary(_) => {
            bytes(text).map(Value::Bytes).ok_or_else(|| wrong(text, "bytes such as \\x00ff"))
        }
        _ if is_text => Ok(Value::Text(text.to_owned())),
        other => Err(format!("columns of type {other:?} cannot be seeded")),
    }
}

fn wrong(text: &str, expected: &str) -> String {
    let short: String = text.chars().take(40).collect();
    format!("`{short}` is not {expected}")
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?;
    if digits.len() % 2 != 0 || !digits.is_ascii() {
        return None;
    }
    (0..digits.len()).step_by(2).map(|index| u8::from_str_radix(&digits[index..index + 2], 16).ok()).collect()
}

/// A time as SQLite keeps it; the same text that SeaORM writes there.
pub(super) fn time_text(time: &ChronoDateTimeUtc) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false)
}

/// Appends a row, and the texts of `tail`, in PostgreSQL's COPY text format (its manual, "COPY", File Formats).
pub(super) fn copy_line(row: &Row, tail: &[&str], out: &mut String) {
    for (index, value) in row.values.iter().enumerate() {
        if index > 0 {
            out.push('\t');
        }
        let written = match value {
            Value::Null => write!(out, "\\N"),
            Value::Id(id) => write!(out, "{id}"),
            Value::Integer(number) => write!(out, "{number}"),
            Value::Float(number) => write!(out, "{number}"),
            Value::Bool(truth) => write!(out, "{truth}"),
            Value::Text(text) => {
                escape(text, out);
                Ok(())
            }
            Value::Time(time) => write!(out, "{}", time_text(time)),
            Value::Date(date) => write!(out, "{date}"),
            Value::Bytes(bytes) => {
                out.push_str("\\\\x");
                bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
            }
        };
        written.expect("writing to a string cannot fail");
    }
    for text in tail {
        out.push('\t');
        escape(text, out);
    }
    out.push('\n');
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: ColumnType, nullable: bool) -> Column {
        Column { name: "c".into(), kind, nullable, source: Source::Cell(0), heading: "c".into() }
    }

    #[test]
    fn cells_are_read_by_the_type_of_their_column() {
        assert_eq!(parse(&column(ColumnType::Integer, false), "7"), Ok(Value::Integer(7)));
        assert!(parse(&column(ColumnType::Integer, false), "3000000000").is_err());
        assert_eq!(parse(&column(ColumnType::Text, false), ""), Ok(Value::Text(String::new())));
        assert_eq!(parse(&column(ColumnType::Text, true), ""), Ok(Value::Null));
        assert!(parse(&column(ColumnType::Uuid, false), "").is_err());
        assert_eq!(parse(&column(ColumnType::Blob, false), "\\x00fF"), Ok(Value::Bytes(vec![0, 255])));
        assert!(parse(&column(ColumnType::Blob, false), "\\x0").is_err());
        assert!(parse(&column(ColumnType::TimestampWithTimeZone, false), "2026-01-31").is_err());
    }

    #[test]
    fn copy_text_survives_tabs_newlines_and_backslashes() {
        let mut out = String::new();
        let row = Row {
            line: 2,
            values: vec![Value::Text("a\tb\n\\".into()), Value::Null, Value::Bytes(vec![1])],
            identity: [0; 16],
        };
        copy_line(&row, &["c"], &mut out);
        assert_eq!(out, "a\\tb\\n\\\\\t\\N\t\\\\x01\tc\n");
    }
}
