//! What the columns of each source hold.

use std::fmt;

use sea_orm::sea_query::{self, StringLen};

use super::{ColumnType, Source};

impl ColumnType {
    /// Reads a type as PostgreSQL spells it (`format_type`), or in the short way that people write.
    pub fn from_postgres(name: &str) -> Self {
        if let Some(element) = name.strip_suffix("[]") {
            return Self::Array(Box::new(Self::from_postgres(element)));
        }
        let (base, numbers) = parameters(name);
        let length = numbers.first().copied();
        match base.as_str() {
            "boolean" => Self::Boolean,
            "smallint" => Self::SmallInteger,
            "integer" => Self::Integer,
            "bigint" => Self::BigInteger,
            "real" => Self::Real,
            "double precision" => Self::Double,
            "numeric" => Self::Decimal(length.map(|precision| (precision, numbers.get(1).copied().unwrap_or(0)))),
            "text" => Self::Text,
            "character varying" | "varchar" => Self::Varchar(length),
            "character" | "char" => Self::Char(length),
            "bytea" => Self::Bytes,
            "uuid" => Self::Uuid,
            "timestamp with time zone" | "timestamptz" => Self::Timestamp,
            "timestamp without time zone" | "timestamp" => Self::LocalTimestamp,
            "date" => Self::Date,
            "time without time zone" | "time" => Self::Time,
            "interval" => Self::Interval,
            "json" => Self::Json,
            "jsonb" => Self::JsonBinary,
            "inet" | "cidr" | "macaddr" => Self::Network(base),
            _ => Self::Other(name.to_owned()),
        }
    }

    /// How PostgreSQL spells it.
    pub fn postgres(&self) -> String {
        let with = |name: &str, length: &Option<u32>| match length {
            Some(length) => format!("{name}({length})"),
            None => name.to_owned(),
        };
        match self {
            Self::Boolean => "boolean".to_owned(),
            Self::SmallInteger => "smallint".to_owned(),
            Self::Integer => "integer".to_owned(),
            Self::BigInteger | Self::AnyInteger => "bigint".to_owned(),
            Self::Real => "real".to_owned(),
            Self::Double => "double precision".to_owned(),
            Self::Decimal(Some((precision, scale))) => format!("numeric({precision},{scale})"),
            Self::Decimal(None) => "numeric".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Varchar(length) => with("varchar", length),
            Self::Char(length) => with("char", length),
            Self::Bytes => "bytea".to_owned(),
            Self::Uuid => "uuid".to_owned(),
            Self::Timestamp => "timestamptz".to_owned(),
            Self::LocalTimestamp => "timestamp".to_owned(),
            Self::Date => "date".to_owned(),
            Self::Time => "time".to_owned(),
            Self::Interval => "interval".to_owned(),
            Self::Json => "json".to_owned(),
            Self::JsonBinary => "jsonb".to_owned(),
            Self::Network(name) | Self::Other(name) => name.clone(),
            Self::Array(element) => format!("{}[]", element.postgres()),
        }
    }

    /// Reads a type as SeaORM says it; nothing for what neither engine has.
    pub fn from_entity(kind: &sea_query::ColumnType) -> Option<Self> {
        use sea_query::ColumnType as Entity;
        Some(match kind {
            Entity::Char(length) => Self::Char(*length),
            Entity::String(StringLen::N(length)) => Self::Varchar(Some(*length)),
            Entity::String(_) => Self::Varchar(None),
            Entity::Text => Self::Text,
            Entity::Blob | Entity::Binary(_) | Entity::VarBinary(_) => Self::Bytes,
            Entity::TinyInteger | Entity::SmallInteger | Entity::TinyUnsigned | Entity::SmallUnsigned => {
                Self::SmallInteger
            }
            Entity::Integer | Entity::Unsigned => Self::Integer,
            Entity::BigInteger | Entity::BigUnsigned => Self::BigInteger,
            Entity::Float => Self::Real,
            Entity::Double => Self::Double,
            Entity::Decimal(precision) => Self::Decimal(*precision),
            Entity::DateTime | Entity::Timestamp => Self::LocalTimestamp,
            Entity::TimestampWithTimeZone => Self::Timestamp,
            Entity::Time => Self::Time,
            Entity::Date => Self::Date,
            Entity::Interval(..) => Self::Interval,
            Entity::Boolean => Self::Boolean,
            Entity::Json => Self::Json,
            Entity::JsonBinary => Self::JsonBinary,
            Entity::Uuid => Self::Uuid,
            Entity::Custom(name) => Self::from_postgres(&name.to_string()),
            Entity::Enum { name, .. } => Self::Other(name.to_string()),
            Entity::Array(element) => Self::Array(Box::new(Self::from_entity(element)?)),
            Entity::Cidr => Self::Network("cidr".to_owned()),
            Entity::Inet => Self::Network("inet".to_owned()),
            Entity::MacAddr => Self::Network("macaddr".to_owned()),
            Entity::Money(_) => Self::Other("money".to_owned()),
            Entity::LTree => Self::Other("ltree".to_owned()),
            Entity::Bit(length) => Self::Other(length.map_or("bit".to_owned(), |length| format!("bit({length})"))),
            Entity::VarBit(length) => Self::Other(format!("bit varying({length})")),
            _ => return None,
        })
    }

    /// Whether a column of this type, as `own` says it, holds what one of `other` type does, as `others` says it.
    pub fn is_like(&self, own: Source, other: &Self, others: Source) -> bool {
        match (self, other) {
            (Self::AnyInteger, kind) | (kind, Self::AnyInteger) => kind.is_whole_number(),
            (Self::Varchar(None), Self::Text) | (Self::Text, Self::Varchar(None)) => true,
            // Whether JSON is kept as text or taken apart is PostgreSQL's alone; so are the widths of floats.
            (Self::Json, Self::JsonBinary)
            | (Self::JsonBinary, Self::Json)
            | (Self::Real, Self::Double)
            | (Self::Double, Self::Real) => own == Source::Sqlite || others == Source::Sqlite,
            // An entity names a type without the schema that it stands in.
            (Self::Other(one), Self::Other(another)) if own == Source::Entities || others == Source::Entities => {
                bare(one) == bare(another)
            }
            (one, another) => one == another,
        }
    }

    /// Whether it is a text of any length.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Varchar(_) | Self::Char(_))
    }

    /// Whether it is an integer.
    pub fn is_whole_number(&self) -> bool {
        matches!(self, Self::SmallInteger | Self::Integer | Self::BigInteger | Self::AnyInteger)
    }
}

fn bare(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name).trim_matches('"')
}

/// `numeric(10,2)` as its name and numbers.
pub(super) fn parameters(name: &str) -> (String, Vec<u32>) {
    let Some((base, rest)) = name.split_once('(') else { return (name.trim().to_lowercase(), Vec::new()) };
    let (numbers, behind) = rest.split_once(')').unwrap_or((rest, ""));
    let numbers: Option<Vec<u32>> = numbers.split(',').map(|number| number.trim().parse().ok()).collect();
    (format!("{}{behind}", base.trim_end()).to_lowercase(), numbers.unwrap_or_default())
}

/// As PostgreSQL spells it, which is what people know it by.
impl fmt::Display for ColumnType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyInteger => formatter.write_str("integer of any width"),
            other => formatter.write_str(&other.postgres()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_spells_what_it_reads() {
        for (spelt, kind) in [
            ("character varying(40)", ColumnType::Varchar(Some(40))),
            ("varchar(40)", ColumnType::Varchar(Some(40))),
            ("timestamptz", ColumnType::Timestamp),
            ("numeric(10,2)", ColumnType::Decimal(Some((10, 2)))),
            ("timestamp with time zone", ColumnType::Timestamp),
            ("integer[]", ColumnType::Array(Box::new(ColumnType::Integer))),
            ("app.mood", ColumnType::Other("app.mood".to_owned())),
        ] {
            assert_eq!(ColumnType::from_postgres(spelt), kind);
        }
    }

    #[test]
    fn sqlite_knows_one_integer() {
        assert!(ColumnType::AnyInteger.is_like(Source::Sqlite, &ColumnType::BigInteger, Source::Postgres));
        assert!(!ColumnType::Integer.is_like(Source::Postgres, &ColumnType::BigInteger, Source::Entities));
        assert!(!ColumnType::AnyInteger.is_like(Source::Sqlite, &ColumnType::Boolean, Source::Postgres));
    }
}
