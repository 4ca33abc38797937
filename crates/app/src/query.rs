//! Reading parameters.

use atriz_web::Problem;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::LikeExpr;
use serde::de::{Deserialize, Deserializer, Error};

/// Text that a database can hold and compare: without control characters, and not longer than `longest` characters.
///
/// # Errors
///
/// A 400 that names `field`.
pub fn plain<'a>(field: &'static str, text: &'a str, longest: usize) -> Result<&'a str, Problem> {
    if text.contains(char::is_control) {
        return Err(Problem::invalid_parameter(field, "has a control character"));
    }
    if text.chars().count() > longest {
        return Err(Problem::invalid_parameter(field, format!("is longer than {longest} characters")));
    }
    Ok(text)
}

/// A time that both engines can hold and compare, which for SQLite means a year of four digits.
///
/// # Errors
///
/// A 400 that names `field`.
pub fn storable_time(field: &'static str, time: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    use chrono::Datelike;
    if (1..=9_999).contains(&time.year()) {
        Ok(atriz_kernel::truncate_to_microseconds(time))
    } else {
        Err(Problem::invalid_parameter(field, "is not within the years 1 to 9999"))
    }
}

/// Reads `1` and `0`: `#[serde(default, deserialize_with = "atriz_app::flag")]`.
///
/// # Errors
///
/// Anything else.
pub fn flag<'de, D: Deserializer<'de>>(source: D) -> Result<bool, D::Error> {
    match String::deserialize(source)?.as_str() {
        "1" => Ok(true),
        "0" => Ok(false),
        _ => Err(D::Error::custom("must be 1 or 0")),
    }
}

/// The pattern for `LIKE` that any text beginning with `prefix` fits. Both engines read the index of the column with
/// it: `text_pattern_ops` on PostgreSQL, `NOCASE` on SQLite.
pub fn beginning_with(prefix: &str) -> LikeExpr {
    let mut pattern = String::with_capacity(prefix.len() + 1);
    for character in prefix.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

#[cfg(test)]
mod tests {
    use sea_orm::ExprTrait;
    use sea_orm::sea_query::{Asterisk, Expr, Query, SqliteQueryBuilder};
    use serde::de::IntoDeserializer;
    use serde::de::value::{Error as ValueError, StrDeserializer};

    use super::*;

    fn read(text: &str) -> Result<bool, ValueError> {
        let source: StrDeserializer<'_, ValueError> = text.into_deserializer();
        flag(source)
    }

    #[test]
    fn flags_are_one_or_nought() {
        assert_eq!((read("1"), read("0")), (Ok(true), Ok(false)));
        assert!(read("true").is_err(), "the document says 1 or 0");
        assert_eq!(read("yes").unwrap_err().to_string(), "must be 1 or 0");
    }

    #[test]
    fn what_looks_like_a_wildcard_is_text() {
        let condition = Expr::col("name").like(beginning_with(r"50%_\"));
        let sql = Query::select().column(Asterisk).from("t").and_where(condition).to_string(SqliteQueryBuilder);
        assert!(sql.contains(r"LIKE '50\%\_\\%' ESCAPE '\'"), "{sql}");
    }

    #[test]
    fn text_and_times_that_no_database_holds_are_refused() {
        assert!(plain("code", "a\0", 9).is_err());
        assert_eq!(plain("code", "é", 1).unwrap(), "é");
        assert!(storable_time("from", DateTime::<Utc>::MAX_UTC).is_err());
    }
}
