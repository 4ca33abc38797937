//! What a query reads, by its words: the tables and views behind FROM and JOIN, and those of which it takes all columns;
//! and what statements write to.

use super::sqlite::{Token, tokens};

/// What a query reads.
#[derive(Debug, Default)]
pub(super) struct Reads {
    selects: Vec<Select>,
}

/// One SELECT.
#[derive(Debug, Default)]
struct Select {
    /// Names of tables and views, and what they are called here.
    sources: Vec<(String, String)>,
    /// What its stars stand behind; an empty text for a star that stands alone.
    stars: Vec<String>,
}

/// Where in a query.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// Before FROM, or behind what is read.
    #[default]
    Other,
    /// Behind FROM.
    Sources,
    /// There, and the next word is a table or a view.
    Source,
}

/// A pair of parentheses, or what stands around all.
#[derive(Clone, Copy, Debug, Default)]
struct Frame {
    /// Whether a query stands in it, or a part of what one reads.
    query: bool,
    /// The SELECT that its words belong to.
    select: usize,
    part: Part,
    /// Whether somebody only asks whether there are rows: stars mean nothing then.
    exists: bool,
}

impl Reads {
    /// Reads the words of a query.
    pub(super) fn of(sql: &str) -> Self {
        let tokens = tokens(sql);
        let mut reads = Self { selects: vec![Select::default()] };
        let mut frames = vec![Frame { query: true, ..Frame::default() }];
        let mut place = 0;
        while place < tokens.len() {
            place = reads.step(&tokens, place, &mut frames);
        }
        reads
    }

    /// Whether it reads this table or view.
    pub(super) fn has(&self, name: &str) -> bool {
        self.selects.iter().flat_map(|select| &select.sources).any(|(source, _)| is_same(source, name))
    }

    /// Whether it takes whatever columns this table or view has: `SELECT *`, `SELECT a.*`, `SELECT a, *`.
    pub(super) fn takes_all(&self, name: &str) -> bool {
        self.selects.iter().any(|select| {
            let of = |called: &str| select.stars.iter().any(|star| star.is_empty() || is_same(star, called));
            select.sources.iter().any(|(source, called)| is_same(source, name) && of(called))
        })
    }

    /// Reads one word, and answers where the next one stands.
    fn step(&mut self, tokens: &[Token], place: usize, frames: &mut Vec<Frame>) -> usize {
        let token = &tokens[place];
        let Some(frame) = frames.last_mut() else { return tokens.len() };
        if token.is("(") {
            let opened = opened(tokens, place, *frame);
            frame.part = if frame.part == Part::Source { Part::Sources } else { frame.part };
            frames.push(opened);
        } else if token.is(")") {
            if frames.len() > 1 {
                frames.pop();
            }
        } else if token.is("in") && tokens.get(place + 1).is_some_and(|next| is_alias(next) && !next.is("select")) {
            // To SQLite that is all rows of a table. In PL/pgSQL a loop over rows may begin so.
            return self.source(tokens, place + 1, frame.select);
        } else if token.is("select") {
            // In parentheses that begin with others, a query stands behind UNION, INTERSECT or EXCEPT.
            self.selects.push(Select::default());
            (frame.query, frame.select, frame.part) = (true, self.selects.len() - 1, Part::Other);
        } else if !frame.query {
            // Arguments, types and lists of names.
        } else if token.is("from") {
            let apart = place > 1 && tokens[place - 1].is("distinct");
            if !(apart && ["is", "not"].iter().any(|word| tokens[place - 2].is(word))) {
                frame.part = Part::Source;
            }
        } else if frame.part != Part::Other && (token.is("join") || token.is(",")) {
            frame.part = Part::Source;
        } else if frame.part == Part::Source {
            // Whatever stands here is a name: SQLite takes some of the words that end a part, such as WINDOW.
            if !token.is("only") && !token.is("lateral") {
                frame.part = Part::Sources;
                return self.source(tokens, place, frame.select);
            }
        } else if ENDS.iter().any(|word| token.is(word)) {
            frame.part = Part::Other;
        } else if token.is("*") && frame.part == Part::Other && !frame.exists {
            self.selects[frame.select].stars.extend(star(tokens, place));
        }
        place + 1
    }

    /// Reads the name of a table or view, and what it is called.
    fn source(&mut self, tokens: &[Token], place: usize, select: usize) -> usize {
        let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
        let mut last = place;
        while is(last + 1, ".") && last + 2 < tokens.len() {
            last += 2;
        }
        // A function.
        if is(last + 1, "(") {
            return last + 1;
        }
        let name = tokens[last].text.clone();
        let alias = if is(last + 1, "as") { last + 2 } else { last + 1 };
        let called =
            tokens.get(alias).filter(|token| is_alias(token)).map_or_else(|| name.clone(), |one| one.text.clone());
        self.selects[select].sources.push((name, called));
        last + 1
    }
}

/// Whether one of these statements writes to a table or view.
pub(super) fn writes(sql: &str, name: &str) -> bool {
    let tokens = tokens(sql);
    let is = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| words.iter().any(|word| token.is(word)));
    (0..tokens.len()).any(|place| {
        let into = is(place, &["into"]) && place > 0 && {
            let begins = is(place - 1, &["insert", "replace", "merge"]);
            begins || (place > 2 && is(place - 2, &["or"]) && is(place - 3, &["insert"]))
        };
        if !into && !is(place, &["update"]) {
            return false;
        }
        let mut last = place + if is(place + 1, &["or"]) { 3 } else { 1 };
        last += usize::from(is(last, &["only"]));
        while is(last + 1, &["."]) {
            last += 2;
        }
        tokens.get(last).is_some_and(|token| is_same(&token.text, name))
    })
}

/// The words that what is read ends before.
const ENDS: [&str; 16] = [
    "where",
    "group",
    "having",
    "window",
    "order",
    "limit",
    "offset",
    "fetch",
    "for",
    "union",
    "intersect",
    "except",
    "set",
    "into",
    "returning",
    ";",
];

/// The words behind a table that are not what it is called.
const NO_ALIAS: [&str; 12] =
    ["join", "inner", "left", "right", "full", "cross", "natural", "on", "using", "tablesample", "indexed", "not"];

fn is_alias(token: &Token) -> bool {
    let word = token.text.chars().next().is_some_and(|first| first.is_alphabetic() || first == '_');
    word && !ENDS.iter().chain(&NO_ALIAS).any(|word| token.is(word))
}

/// What stands behind an opening parenthesis.
fn opened(tokens: &[Token], place: usize, around: Frame) -> Frame {
    let begins = |word: &str| tokens.get(place + 1).is_some_and(|token| token.is(word));
    if begins("select") || begins("with") || begins("values") {
        let exists = place > 0 && tokens[place - 1].is("exists");
        return Frame { query: true, exists, ..Frame::default() };
    }
    // Tables that are joined may stand in parentheses of their own.
    let joined = around.query && around.part == Part::Source;
    let part = if joined { Part::Source } else { Part::Other };
    // What follows a set operation in them is no longer what EXISTS asks for.
    Frame { query: joined, part, exists: false, ..around }
}

/// What a star stands behind, where it means columns rather than a product.
fn star(tokens: &[Token], place: usize) -> Option<String> {
    let before = place.checked_sub(1).map(|before| &tokens[before])?;
    if before.is(".") {
        return place.checked_sub(2).map(|behind| tokens[behind].text.clone());
    }
    let begins = ["select", ",", "distinct", "all"].iter().any(|word| before.is(word));
    let ends = tokens.get(place + 1).is_some_and(|next| next.is("from") || next.is(","));
    (begins || ends).then(String::new)
}

fn is_same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_stand_behind_from_and_join() {
        for (sql, reads) in [
            ("SELECT t.id FROM app.things t", true),
            ("SELECT id FROM a, (app.b JOIN app.\"things\" ON (b.id = things.id)) WHERE true", true),
            ("SELECT id FROM (app.b LEFT JOIN things USING (id, code)), c", true),
            ("WITH x AS (SELECT id FROM things) SELECT id FROM x", true),
            ("CREATE VIEW v (a) AS SELECT 1 UNION ALL SELECT id FROM Things", true),
            ("SELECT id FROM a WHERE EXISTS (SELECT 1 FROM ONLY app.things WHERE id = a.id)", true),
            ("WITH x AS ((SELECT 1 AS n UNION SELECT 2) EXCEPT SELECT n FROM things) SELECT n FROM x", true),
            ("SELECT id FROM others WHERE id IN ((SELECT 1 UNION SELECT 2) EXCEPT SELECT id FROM app.things)", true),
            ("(((SELECT 1) UNION SELECT 2) EXCEPT SELECT id FROM things) INTERSECT SELECT 3", true),
            ("SELECT n FROM ((SELECT 1 AS n UNION SELECT 2) EXCEPT SELECT id FROM things) x", true),
            ("SELECT id FROM others WHERE (id IN main.things)", true),
            ("FOR one IN SELECT id FROM things LOOP", true),
            ("DELETE FROM things; SELECT 1", true),
            ("DELETE FROM others; UPDATE others SET code = 1, things = 2", false),
            ("INSERT INTO others SELECT id FROM others WHERE true ON CONFLICT DO UPDATE SET id = 1, things = 2", false),
            ("SELECT things FROM app.others", false),
            ("SELECT id FROM others things", false),
            ("SELECT id FROM others AS o WHERE o.a IS DISTINCT FROM things", false),
            ("SELECT EXTRACT(year FROM things) FROM others", false),
            ("SELECT id FROM others GROUP BY id, things", false),
            ("SELECT id FROM things(1) t JOIN others ON true, others o -- FROM things", false),
            ("SELECT count(id), things FROM others", false),
        ] {
            assert_eq!(Reads::of(sql).has("things"), reads, "{sql}");
        }
    }

    #[test]
    fn a_table_may_be_called_like_a_keyword() {
        for name in ["order", "group", "limit", "from", "select"] {
            assert!(Reads::of(&format!("SELECT id FROM \"{name}\" o")).has(name), "{name}");
        }
        for name in ["window", "offset"] {
            assert!(Reads::of(&format!("SELECT id FROM others o JOIN {name} USING (id)")).has(name), "{name}");
        }
    }

    #[test]
    fn what_is_written_to_stands_behind_into_and_update() {
        for (sql, writes_to) in [
            ("INSERT INTO app.things (id) VALUES (1)", true),
            ("INSERT OR IGNORE INTO Things VALUES (1)", true),
            ("REPLACE INTO \"things\" VALUES (1)", true),
            ("UPDATE OR REPLACE things SET id = 1", true),
            ("UPDATE ONLY app.things SET id = 1", true),
            (
                "CREATE TRIGGER t AFTER UPDATE OF things ON others BEGIN UPDATE others SET things = NEW.things; END",
                false,
            ),
            ("SELECT id INTO things FROM others", false),
            ("INSERT INTO others (things) SELECT things FROM others", false),
        ] {
            assert_eq!(writes(sql, "things"), writes_to, "{sql}");
        }
    }

    #[test]
    fn a_star_that_takes_all_is_told_from_others() {
        for all in [
            "SELECT * FROM things",
            "SELECT t.* FROM things t",
            "select id, * from things",
            "SELECT DISTINCT things.* FROM app.things, others",
            "SELECT a FROM others WHERE a IN (SELECT * FROM things)",
            "SELECT a FROM others UNION SELECT * FROM things",
            "SELECT a FROM (SELECT t.* FROM others JOIN things AS t ON true) x",
            "WITH x AS ((SELECT 1 UNION SELECT 2) EXCEPT SELECT * FROM things) SELECT * FROM x",
            "SELECT a FROM others WHERE EXISTS (SELECT 1 FROM ((SELECT 1 UNION SELECT 2) EXCEPT SELECT * FROM things) x)",
            "SELECT kind AS \"from\", * FROM things",
        ] {
            assert!(Reads::of(all).takes_all("things"), "{all}");
        }
        for some in [
            "SELECT count(*) FROM things",
            "SELECT a * b FROM things",
            "SELECT a FROM things",
            "SELECT a FROM others WHERE EXISTS (SELECT * FROM things)",
            "SELECT o.* FROM others o JOIN things t ON t.id = o.id",
            "SELECT * FROM (SELECT a FROM things) x",
            "SELECT * FROM others WHERE a IN (SELECT a FROM things)",
        ] {
            assert!(!Reads::of(some).takes_all("things"), "{some}");
        }
    }
}
