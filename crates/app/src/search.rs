//! Full-text search on both engines: `tsvector` on PostgreSQL, FTS5 on SQLite.

use atriz_db::Engine;
use atriz_web::Problem;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr};
use unicode_normalization::UnicodeNormalization;

use crate::query::plain;

/// What somebody typed into a search box: every word has to begin a word of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search(Vec<String>);

/// Where the text of a table is indexed.
#[derive(Clone, Copy, Debug)]
pub struct Index {
    /// The table. On PostgreSQL its `search` column holds the words, on SQLite `<table>_search` is the index.
    pub table: &'static str,
    /// The PostgreSQL schema of the table.
    pub schema: &'static str,
}

/// How many rows have the words, which decides how a sorted list of them is best read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// Few: take all of them from the index of words, then sort.
    Rare,
    /// Many: walk the list in its order and test each row; a page is soon full.
    Common,
}

/// More rows than this are many.
const RARE: u64 = 5_000;

impl Search {
    /// Reads what was typed in parameter `field`. Nothing but blanks is no search at all.
    ///
    /// # Errors
    ///
    /// A 400 that names the parameter when there is no letter or digit to search for.
    pub fn parse(field: &'static str, text: Option<&str>) -> Result<Option<Self>, Problem> {
        let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
        let words = words(plain(field, text, 200)?);
        if words.is_empty() {
            return Err(Problem::invalid_parameter(field, "has no letter or digit to search for"));
        }
        Ok(Some(Self(words)))
    }

    /// Counts the rows of `index` that have all the words, but not further than to tell few from many. On PostgreSQL
    /// only those count that `listed` holds for; SQLite's index of words knows nothing else of the rows.
    ///
    /// Neither engine can tell beforehand: PostgreSQL takes every beginning of a word for equally frequent, and reads a
    /// list of a million from its start to find the two that were meant.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn frequency(
        &self,
        connection: &impl ConnectionTrait,
        engine: Engine,
        index: Index,
        listed: Expr,
    ) -> Result<Frequency, DbErr> {
        let mut found = Query::select();
        found.expr(Expr::val(1)).limit(RARE + 1);
        match engine {
            Engine::Postgres => {
                found.from((index.schema, index.table)).and_where(self.matches(index)).and_where(listed)
            }
            Engine::Sqlite => found.from(words_of(index)).and_where(self.matches_words(index)),
        };
        let count = Expr::col(Asterisk).count();
        let count = Query::select().expr_as(count, "rows").from_subquery(found, "found").to_owned();
        let rows: i64 = connection.query_one(&count).await?.map_or(Ok(0), |row| row.try_get("", "rows"))?;
        Ok(if rows.unsigned_abs() > RARE { Frequency::Common } else { Frequency::Rare })
    }

    /// The condition that a row of `index` has all the words.
    pub fn condition(&self, engine: Engine, index: Index, frequency: Frequency) -> Expr {
        let table = index.table;
        let row = match (engine, frequency) {
            (Engine::Postgres, _) => return self.matches(index),
            (Engine::Sqlite, Frequency::Rare) => Expr::col((table, "rowid")),
            // The sign makes it an expression, which no index of rows can be looked up by: SQLite then walks the list.
            (Engine::Sqlite, Frequency::Common) => Expr::cust(format!("+{table}.rowid")),
        };
        let words =
            Query::select().column("rowid").from(words_of(index)).and_where(self.matches_words(index)).to_owned();
        row.in_subquery(words)
    }

    /// The words have nothing but letters and digits; the quotes are for those that PostgreSQL or SQLite takes for an
    /// operator, such as `OR`.
    fn matches(&self, Index { table, .. }: Index) -> Expr {
        let query = self.joined(" & ", |word| format!("'{word}':*"));
        Expr::cust_with_values(format!("{table}.search @@ to_tsquery('pg_catalog.simple', $1)"), [query])
    }

    fn matches_words(&self, Index { table, .. }: Index) -> Expr {
        let query = self.joined(" ", |word| format!("\"{word}\"*"));
        Expr::cust_with_values(format!("{table}_search MATCH ?"), [query])
    }

    fn joined(&self, separator: &str, each: impl Fn(&str) -> String) -> String {
        self.0.iter().map(|word| each(word)).collect::<Vec<_>>().join(separator)
    }
}

/// The first rows of a sorted list, all of which are read and sorted first where their filter leaves few. `OFFSET 0` is
/// what keeps PostgreSQL from planning the two as one; SQLite does not need to be told.
pub fn sorted_last(engine: Engine, frequency: Option<Frequency>, filtered: SelectStatement) -> SelectStatement {
    let mut filtered = filtered;
    if engine == Engine::Postgres && frequency == Some(Frequency::Rare) {
        filtered.offset(0);
    }
    Query::select().from_subquery(filtered, "found").to_owned()
}

/// The words of a text as both indexes have them: `3.5` and `left-handed` are two words, and letters have no accents,
/// however those were typed.
fn words(text: &str) -> Vec<String> {
    let bare = text.nfd().filter(|character| !matches!(character, '\u{300}'..='\u{36f}')).nfc().collect::<String>();
    let words = bare.split(|character: char| !character.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// SQLite's index of the words of a table.
fn words_of(index: Index) -> Alias {
    Alias::new(format!("{}_search", index.table))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(text: &str) -> [String; 2] {
        let search = Search::parse("q", Some(text)).unwrap().unwrap();
        [search.joined(" & ", |word| format!("'{word}':*")), search.joined(" ", |word| format!("\"{word}\"*"))]
    }

    #[test]
    fn nothing_that_is_typed_is_an_operator() {
        assert_eq!(queries("steel bike"), ["'steel':* & 'bike':*", r#""steel"* "bike"*"#]);
        assert_eq!(queries(r#"o'neill "OR" \x -y"#)[0], "'o':* & 'neill':* & 'OR':* & 'x':* & 'y':*");
        assert_eq!(queries("a & !b ) *")[1], r#""a"* "b"*"#);
    }

    #[test]
    fn words_are_those_of_the_indexes() {
        for (text, found) in [
            ("-1 1.5", vec!["1", "1", "5"]),
            ("left-handed_a@b", vec!["left", "handed", "a", "b"]),
            ("caf\u{e9} cafe\u{301}", vec!["cafe", "cafe"]),
            ("Ti\u{1ebf}ng \u{d55c}", vec!["Tieng", "\u{d55c}"]),
        ] {
            assert_eq!(words(text), found, "{text}");
        }
    }

    #[test]
    fn blanks_are_no_search_and_signs_alone_are_refused() {
        assert_eq!(Search::parse("q", Some("  ")).unwrap(), None);
        assert_eq!(Search::parse("q", None).unwrap(), None);
        assert_eq!(Search::parse("q", Some("-- !")).unwrap_err().errors()[0].field, "q");
        assert!(Search::parse("q", Some("a\0b")).is_err());
        assert!(Search::parse("q", Some(&"x".repeat(201))).is_err());
    }
}
