//! Small helpers for SQL that the toolkit writes itself: identifiers are always quoted, values always parameters.

use std::fmt::Write as _;

use crate::Engine;

/// Quotes an identifier. Both engines use double quotes, doubled inside (SQL:2016 §5.2, delimited identifier).
pub(crate) fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

/// Quotes and joins identifiers with commas.
pub(crate) fn quote_list<'a>(identifiers: impl IntoIterator<Item = &'a str>) -> String {
    identifiers.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// Quotes a string literal, for the few statements that take no parameters (`SET`, `ALTER ROLE`).
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The table name as our own SQL writes it: in `public` on PostgreSQL, bare on SQLite.
pub(crate) fn tracking_table(engine: Engine, table: &str) -> String {
    match engine {
        Engine::Postgres => format!("public.{table}"),
        Engine::Sqlite => table.to_owned(),
    }
}

/// The parameter markers `$1, $2, …` of one row, starting at `first`. SQLite reads `$1` as a named parameter that is
/// numbered by its first use, so it is written `?1` there.
pub(crate) fn parameters(engine: Engine, first: usize, count: usize) -> String {
    let mut text = String::with_capacity(count * 5);
    let marker = match engine {
        Engine::Postgres => '$',
        Engine::Sqlite => '?',
    };
    for number in first..first + count {
        if number > first {
            text.push_str(", ");
        }
        write!(text, "{marker}{number}").expect("writing to a string cannot fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_and_literals_cannot_break_out() {
        assert_eq!(quote(r#"a"b"#), r#""a""b""#);
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(quote_list(["a", "b"]), r#""a", "b""#);
    }

    #[test]
    fn markers_are_numbered() {
        assert_eq!(parameters(Engine::Postgres, 3, 2), "$3, $4");
        assert_eq!(parameters(Engine::Sqlite, 1, 1), "?1");
    }
}
