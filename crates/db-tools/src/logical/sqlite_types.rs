//! The types of SQLite: five storage classes, and CHECKs that say what they hold.

use super::ColumnType;
use super::types::parameters;

/// `2026-01-02T03:04:05.123456+00:00`, as chrono writes it.
const TIMESTAMP: &str = "????-??-??T??:??:??*+00:00";
const LOCAL_TIMESTAMP: &str = "????-??-??T??:??:??*";
const DATE: &str = "????-??-??";
const TIME: &str = "??:??:??*";

impl ColumnType {
    /// The storage class of a column of this type, and the condition that makes it hold nothing else: the one that a
    /// CHECK called `ck_<table>_<column>_type` has. `column` is quoted where it must be.
    ///
    /// Nothing for a type that SQLite cannot hold.
    pub fn sqlite(&self, column: &str) -> Option<(&'static str, Option<String>)> {
        let shaped = |pattern: &str| ("TEXT", Some(format!("{column} GLOB '{pattern}'")));
        Some(match self {
            Self::Boolean => ("INTEGER", Some(format!("{column} IN (0, 1)"))),
            Self::SmallInteger | Self::Integer | Self::BigInteger | Self::AnyInteger => ("INTEGER", None),
            Self::Real | Self::Double => ("REAL", None),
            Self::Text | Self::Varchar(None) | Self::Char(None) => ("TEXT", None),
            Self::Varchar(Some(length)) => ("TEXT", Some(format!("length({column}) <= {length}"))),
            Self::Char(Some(length)) => ("TEXT", Some(format!("length({column}) = {length}"))),
            Self::Bytes => ("BLOB", None),
            Self::Uuid => ("BLOB", Some(format!("length({column}) = 16"))),
            Self::Timestamp => shaped(TIMESTAMP),
            Self::LocalTimestamp => shaped(LOCAL_TIMESTAMP),
            Self::Date => shaped(DATE),
            Self::Time => shaped(TIME),
            Self::Json | Self::JsonBinary => ("TEXT", Some(format!("json_valid({column})"))),
            Self::Decimal(_) | Self::Interval | Self::Network(_) | Self::Array(_) | Self::Other(_) => return None,
        })
    }

    /// Reads the type of a column from its declaration alone.
    pub(super) fn from_sqlite(declared: &str) -> Self {
        let (base, numbers) = parameters(declared);
        let length = numbers.first().copied();
        match base.as_str() {
            "integer" | "int" | "bigint" | "smallint" | "tinyint" | "mediumint" => Self::AnyInteger,
            "text" | "clob" => Self::Text,
            "blob" | "" => Self::Bytes,
            "real" | "double" | "float" | "double precision" => Self::Double,
            "varchar" | "character varying" | "nvarchar" => Self::Varchar(length),
            "char" | "character" => Self::Char(length),
            "boolean" | "bool" => Self::Boolean,
            "numeric" | "decimal" => {
                Self::Decimal(length.map(|precision| (precision, numbers.get(1).copied().unwrap_or(0))))
            }
            _ => Self::Other(declared.to_lowercase()),
        }
    }

    /// What a CHECK in shared form says of the type of `column`, which was declared as this; nothing where it says
    /// something else.
    pub(super) fn narrowed(&self, column: &str, check: &str) -> Option<Self> {
        let check = check.strip_prefix(&format!("{column} is null or ")).unwrap_or(check);
        let length = |sign: &str| check.strip_prefix(&format!("length({column}) {sign} "))?.parse::<u32>().ok();
        match self {
            Self::Bytes => (length("=") == Some(16)).then_some(Self::Uuid),
            Self::AnyInteger => (check == format!("{column} in (0, 1)")).then_some(Self::Boolean),
            Self::Text if check == format!("json_valid({column})") => Some(Self::JsonBinary),
            Self::Text => shape(column, check)
                .or_else(|| length("<=").map(|length| Self::Varchar(Some(length))))
                .or_else(|| length("=").map(|length| Self::Char(Some(length)))),
            _ => None,
        }
    }
}

fn shape(column: &str, check: &str) -> Option<ColumnType> {
    let pattern = check.strip_prefix(&format!("{column} glob '"))?.strip_suffix('\'')?;
    Some(match pattern {
        TIMESTAMP => ColumnType::Timestamp,
        LOCAL_TIMESTAMP => ColumnType::LocalTimestamp,
        DATE => ColumnType::Date,
        TIME => ColumnType::Time,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_tells_what_it_was_written_for() {
        let types = [
            ColumnType::Boolean,
            ColumnType::Uuid,
            ColumnType::Timestamp,
            ColumnType::LocalTimestamp,
            ColumnType::Date,
            ColumnType::Time,
            ColumnType::JsonBinary,
            ColumnType::Varchar(Some(9)),
            ColumnType::Char(Some(3)),
        ];
        for kind in types {
            let (storage, check) = kind.sqlite("x").unwrap();
            let declared = ColumnType::from_sqlite(storage);
            let check = check.unwrap().replace("GLOB", "glob").replace("IN", "in");
            assert_eq!(declared.narrowed("x", &check), Some(kind));
        }
        assert_eq!(ColumnType::Bytes.narrowed("hash", "length(hash) = 32"), None);
    }
}
