//! What values lose when a column changes its type, without an error of the engine.

use crate::logical::ColumnType;

const ROUNDED: &str = "what stands behind the point is rounded";
const DIGITS: &str = "digits beyond those that the new type holds are lost";
const TIME_OF_DAY: &str = "the time of day is lost";
const TWICE: &str = "of a key that an object has twice, the first value is lost";

/// What PostgreSQL loses between these types; nothing where it keeps or refuses every value.
pub(super) fn on_postgres(from: &ColumnType, to: &ColumnType) -> Option<&'static str> {
    if !from.is_text() {
        return match (from, to) {
            (ColumnType::Json, ColumnType::JsonBinary) => Some(TWICE),
            _ => on_both(from, to),
        };
    }
    match to {
        ColumnType::Date => Some(TIME_OF_DAY),
        ColumnType::LocalTimestamp | ColumnType::Time => Some("a time zone behind it is left out"),
        ColumnType::JsonBinary => Some(TWICE),
        ColumnType::Decimal(Some(_)) => Some(ROUNDED),
        ColumnType::Real | ColumnType::Double => Some(DIGITS),
        ColumnType::Other(name) if name.contains('(') => Some("what is too long is cut"),
        _ => None,
    }
}

/// As [`on_postgres`], for SQLite, where CHECKs refuse every text that is not of the right form.
pub(super) fn on_sqlite(from: &ColumnType, to: &ColumnType) -> Option<&'static str> {
    match (from, to) {
        // One storage class.
        (ColumnType::Real | ColumnType::Double, ColumnType::Real | ColumnType::Double) => None,
        (text, ColumnType::Real | ColumnType::Double) if text.is_text() => Some(DIGITS),
        _ => on_both(from, to),
    }
}

fn on_both(from: &ColumnType, to: &ColumnType) -> Option<&'static str> {
    use ColumnType::{AnyInteger, BigInteger, Date, Decimal, Double, Integer, LocalTimestamp, Real, Timestamp};
    match (from, to) {
        (Timestamp | LocalTimestamp, Date) => Some(TIME_OF_DAY),
        (Decimal(Some((_, 0))), whole) if whole.is_whole_number() => None,
        (Decimal(_) | Real | Double, whole) if whole.is_whole_number() => Some(ROUNDED),
        (Decimal(Some((_, old))), Decimal(Some((_, new)))) => (old > new).then_some(ROUNDED),
        (Decimal(None), Decimal(Some(_))) => Some(ROUNDED),
        (Decimal(_) | BigInteger | AnyInteger, Real | Double)
        | (Integer | Double, Real)
        | (Real | Double, Decimal(_)) => Some(DIGITS),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_or_refused_is_no_loss() {
        let postgres =
            |from: &str, to: &str| on_postgres(&ColumnType::from_postgres(from), &ColumnType::from_postgres(to));
        for (from, to) in [
            ("bigint", "integer"),
            ("integer", "double precision"),
            ("numeric(8,0)", "bigint"),
            ("numeric(8,2)", "numeric(4,2)"),
            ("text", "character varying(3)"),
            ("text", "bigint"),
            ("date", "timestamp with time zone"),
            ("timestamp with time zone", "text"),
        ] {
            assert_eq!(postgres(from, to), None, "{from} to {to}");
        }
        for (from, to) in [
            ("numeric(8,2)", "bigint"),
            ("numeric(8,2)", "numeric(8,1)"),
            ("numeric", "numeric(8,1)"),
            ("double precision", "integer"),
            ("double precision", "real"),
            ("bigint", "double precision"),
            ("text", "numeric(8,2)"),
            ("text", "date"),
            ("timestamp with time zone", "date"),
            ("json", "jsonb"),
        ] {
            assert!(postgres(from, to).is_some(), "{from} to {to}");
        }
    }

    #[test]
    fn checks_of_sqlite_refuse_texts() {
        assert_eq!(on_sqlite(&ColumnType::Text, &ColumnType::Date), None);
        assert_eq!(on_sqlite(&ColumnType::Timestamp, &ColumnType::Date), Some(TIME_OF_DAY));
        assert_eq!(on_sqlite(&ColumnType::Double, &ColumnType::AnyInteger), Some(ROUNDED));
    }
}
