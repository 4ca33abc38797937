//! Keys of rows, as both engines have them.

use std::fmt::Write as _;

use sea_orm::prelude::Uuid;
use sea_orm::{DbErr, QueryResult, Value};

/// A key that compares across databases, also of two engines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Key {
    Uuid(Uuid),
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Key {
    /// From PostgreSQL's text of it. A text that only looks like a number or an id, such as `007`, stays one.
    pub(super) fn of_postgres(text: String) -> Self {
        if let Some(uuid) = text.parse::<Uuid>().ok().filter(|uuid| uuid.to_string() == text) {
            return Self::Uuid(uuid);
        }
        match text.parse::<i64>().ok().filter(|number| number.to_string() == text) {
            Some(number) => Self::Integer(number),
            None => Self::Text(text),
        }
    }

    /// From the columns `kind` and `key`.
    pub(super) fn of_sqlite(row: &QueryResult) -> Result<Self, DbErr> {
        let kind: String = row.try_get("", "kind")?;
        Ok(match kind.as_str() {
            "blob" => {
                let bytes: Vec<u8> = row.try_get("", "key")?;
                Uuid::from_slice(&bytes).map_or(Self::Bytes(bytes), Self::Uuid)
            }
            "integer" => Self::Integer(row.try_get("", "key")?),
            _ => Self::Text(row.try_get("", "key")?),
        })
    }

    /// As SQLite stores it.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Uuid(uuid) => Value::Bytes(Some(uuid.as_bytes().to_vec())),
            Self::Integer(number) => Value::BigInt(Some(*number)),
            Self::Text(text) => Value::String(Some(text.clone())),
            Self::Bytes(bytes) => Value::Bytes(Some(bytes.clone())),
        }
    }

    /// As text, for PostgreSQL to cast and for people to read.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Uuid(uuid) => uuid.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Bytes(bytes) => format!("\\x{}", hex(bytes)),
        }
    }

    /// As a literal in SQL.
    pub(super) fn literal(&self, on_sqlite: bool) -> String {
        match self {
            Self::Uuid(uuid) if on_sqlite => format!("x'{}'", hex(uuid.as_bytes())),
            Self::Bytes(bytes) if on_sqlite => format!("x'{}'", hex(bytes)),
            Self::Integer(number) => number.to_string(),
            other => format!("'{}'", other.text().replace('\'', "''")),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string can be written to");
        text
    })
}
