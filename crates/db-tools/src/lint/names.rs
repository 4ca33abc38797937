//! Which tables a statement names, and where.

use atriz_db::migrate::Piece;

use super::hit::index_in;
use crate::plan::Name;
use crate::plan::cursor::Cursor;

/// A table that a statement names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) table: Name,
    /// Its first token.
    pub(super) at: usize,
    /// How many tokens it is written with.
    pub(super) count: usize,
}

/// Functions whose arguments are divided by FROM.
const DIVIDED: [&str; 5] = ["extract", "trim", "substring", "overlay", "position"];

/// What rights may be on that is no table.
const OTHER_OBJECTS: [&str; 14] = [
    "all",
    "database",
    "domain",
    "foreign",
    "function",
    "language",
    "large",
    "parameter",
    "procedure",
    "routine",
    "schema",
    "sequence",
    "tablespace",
    "type",
];

/// The tables that the statement names: made, changed, read, written, referred to.
pub(super) fn mentions(statement: &Piece<'_>) -> Vec<Mention> {
    let tokens = &statement.tokens;
    let mut reader = Reader { statement, found: Vec::new(), common: Vec::new(), open: Vec::new() };
    match statement.word(0).as_str() {
        "revoke" | "grant" => {
            reader.rights();
            return reader.found;
        }
        // The words behind FROM and TO are roles.
        "alter" if statement.word(1) == "default" => return reader.found,
        _ => {}
    }
    reader.head();
    for index in 0..tokens.len() {
        reader.token(index);
    }
    let common = reader.common;
    let free = |mention: &Mention| mention.table.schema.is_some() || !common.contains(&mention.table.name);
    reader.found.into_iter().filter(free).collect()
}

struct Reader<'a> {
    statement: &'a Piece<'a>,
    found: Vec<Mention>,
    /// The names of WITH.
    common: Vec<String>,
    /// The parentheses that are open.
    open: Vec<usize>,
}

impl<'a> Reader<'a> {
    fn cursor(&self, index: usize) -> Cursor<'a, &'a str> {
        Cursor::new(self.statement.tokens.get(index..).unwrap_or_default())
    }

    /// Takes the name at the cursor.
    fn take(&mut self, cursor: &mut Cursor<'a, &'a str>) -> bool {
        cursor.skip(&["if not exists", "if exists", "only"]);
        let before = cursor.rest();
        let Some(table) = cursor.name() else { return false };
        let at = index_in(self.statement, before);
        let count = before.len() - cursor.rest().len();
        if !self.found.iter().any(|mention| mention.at == at) {
            self.found.push(Mention { table, at, count });
        }
        true
    }

    /// What a statement of the schema begins with.
    fn head(&mut self) {
        let mut cursor = self.cursor(0);
        if cursor.eat("comment on table") {
            self.take(&mut cursor);
            return;
        }
        if cursor.eat("comment on column") {
            return self.take_of_column(cursor);
        }
        if cursor.eat_any(&["truncate", "lock", "drop table"]) {
            cursor.eat("table");
            while self.take(&mut cursor) && (cursor.eat(",") || cursor.eat("* ,")) {}
            return;
        }
        if cursor.eat("alter table") {
            self.take(&mut cursor);
            if cursor.eat_any(&["attach partition", "detach partition"]) {
                self.take(&mut cursor);
            }
            return;
        }
        if !cursor.eat("create") {
            return;
        }
        if cursor.eat_any(&["unlogged table", "table"]) {
            self.take(&mut cursor);
            if cursor.eat("partition of") {
                self.take(&mut cursor);
            }
            return;
        }
        cursor.skip(&["or replace", "constraint"]);
        // What stands behind the ON of a rule is an event.
        let before = if cursor.sees("rule") { "to" } else { "on" };
        let hung = cursor.eat_any(&["unique index", "index", "trigger", "policy", "rule"]);
        if hung && cursor.seek(before).is_some() {
            self.take(&mut cursor);
        }
    }

    /// `COMMENT ON COLUMN s.t.c`: all but the last part is the table's name.
    fn take_of_column(&mut self, mut cursor: Cursor<'a, &'a str>) {
        let before = cursor.rest();
        let mut parts = Vec::new();
        while let Some(part) = cursor.ident() {
            parts.push(part);
            if !cursor.eat(".") {
                break;
            }
        }
        let count = before.len() - cursor.rest().len();
        parts.pop();
        if let Some(name) = parts.pop() {
            let (table, at) = (Name { schema: parts.pop(), name }, index_in(self.statement, before));
            self.found.push(Mention { table, at, count: count - 2 });
        }
    }

    /// `GRANT … ON [TABLE] t TO role`: the words behind FROM and TO are roles.
    fn rights(&mut self) {
        let mut cursor = self.cursor(0);
        if cursor.seek("on").is_none() {
            return;
        }
        if !cursor.eat("table") && OTHER_OBJECTS.iter().any(|word| cursor.sees(word)) {
            return;
        }
        while self.take(&mut cursor) && cursor.eat(",") {}
    }

    fn token(&mut self, index: usize) {
        let tokens = &self.statement.tokens;
        let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.eq_ignore_ascii_case(word));
        // Most tokens are none of the words below, which their lengths tell already.
        match tokens[index].len() {
            1 => return self.parenthesis(index),
            2 | 4 | 6 | 10 => {}
            _ => return,
        }
        if is(index, "from") {
            self.from(index);
        } else if is(index, "join") {
            self.source(self.cursor(index + 1));
        } else if is(index, "into") {
            let mut cursor = self.cursor(index + 1);
            // The table that SELECT … INTO makes may be a temporary one.
            cursor.skip(&["temporary", "temp", "unlogged", "table"]);
            self.take(&mut cursor);
        } else if is(index, "references") {
            self.take(&mut self.cursor(index + 1));
        } else if is(index, "as") && (is(index + 1, "(") || is(index + 1, "materialized")) {
            self.common.extend(self.named(index));
        } else if is(index, "update") {
            let begins = |last: usize| [";", "begin", "(", ")"].iter().any(|word| is(last, word));
            if index.checked_sub(1).is_none_or(begins) {
                self.take(&mut self.cursor(index + 1));
            }
        }
    }

    fn parenthesis(&mut self, index: usize) {
        match self.statement.tokens[index] {
            "(" => self.open.push(index),
            ")" => drop(self.open.pop()),
            _ => {}
        }
    }

    /// The name in front of AS; `name (a, b)` may list its columns.
    fn named(&self, index: usize) -> Option<String> {
        let mut before = self.statement.tokens[..index].iter().rev();
        let mut name = before.next()?;
        if *name == ")" {
            name = before.skip_while(|token| **token != "(").nth(1)?;
        }
        Some(name.to_lowercase())
    }

    fn from(&mut self, index: usize) {
        let before = |at: usize| at.checked_sub(1).and_then(|at| self.statement.tokens.get(at));
        let among = |words: &[&str], token: &&str| words.iter().any(|word| token.eq_ignore_ascii_case(word));
        let divided = self.open.last().and_then(|open| before(*open)).is_some_and(|token| among(&DIVIDED, token));
        if divided || before(index).is_some_and(|token| among(&["distinct"], token)) {
            return;
        }
        self.source(self.cursor(index + 1));
    }

    /// What stands behind FROM or JOIN.
    fn source(&mut self, mut cursor: Cursor<'a, &'a str>) {
        cursor.eat("lateral");
        let known = self.found.len();
        // A function is no table.
        if self.take(&mut cursor) && cursor.sees("(") {
            self.found.truncate(known);
        }
    }
}

#[cfg(test)]
mod tests {
    use atriz_db::migrate::pieces;

    use super::*;

    fn read(sql: &str) -> String {
        let statement = &pieces(sql).unwrap()[0];
        let names = mentions(statement).into_iter().map(|mention| {
            let written: String = statement.tokens[mention.at..mention.at + mention.count].concat();
            assert_eq!(written.to_lowercase(), mention.table.to_string());
            mention.table.to_string()
        });
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tables_are_found_wherever_they_stand() {
        for (sql, names) in [
            (
                "CREATE TABLE a.b (id int REFERENCES c.d (id), FOREIGN KEY (x) REFERENCES e (id) ON UPDATE CASCADE)",
                "a.b c.d e",
            ),
            ("ALTER TABLE IF EXISTS ONLY a.b ADD COLUMN c int", "a.b"),
            ("DROP TABLE IF EXISTS a, b.c CASCADE", "a b.c"),
            ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY a.b USING gin (c)", "a.b"),
            ("CREATE TRIGGER t BEFORE INSERT OR UPDATE OF x ON a.b FOR EACH ROW EXECUTE FUNCTION a.f()", "a.b"),
            (
                "CREATE TRIGGER t AFTER UPDATE ON b BEGIN UPDATE c SET x = 1; DELETE FROM d; INSERT INTO e VALUES (1); END",
                "b c d e",
            ),
            ("WITH m AS (DELETE FROM a.b RETURNING *) INSERT INTO a.c SELECT * FROM m JOIN d ON true", "a.b a.c d"),
            ("WITH RECURSIVE r (a, b) AS (SELECT 1, 2), s AS (SELECT 3) SELECT * FROM r JOIN s ON true", ""),
            ("SELECT extract(year FROM x), trim(both FROM y) FROM t WHERE a IS DISTINCT FROM b", "t"),
            ("UPDATE a.b SET c = 1 FROM generate_series(1, 2) AS n", "a.b"),
            ("REVOKE ALL ON FUNCTION a.f() FROM PUBLIC", ""),
            ("GRANT SELECT ON TABLE a.b TO app", "a.b"),
            ("GRANT SELECT, UPDATE (x) ON a.b, c TO app", "a.b c"),
            ("GRANT USAGE ON SCHEMA a TO app", ""),
            ("ALTER DEFAULT PRIVILEGES IN SCHEMA a REVOKE ALL ON TABLES FROM app", ""),
            ("COMMENT ON TABLE a.b IS 'x'", "a.b"),
            ("COMMENT ON COLUMN a.b.c IS 'x'", "a.b"),
            ("LOCK a.b, c IN SHARE MODE", "a.b c"),
            ("ALTER TABLE a.b ATTACH PARTITION a.c FOR VALUES FROM (1) TO (2)", "a.b a.c"),
            ("SELECT * INTO TEMP x FROM a.b CROSS JOIN LATERAL unnest(b.c) JOIN d ON true", "x a.b d"),
            ("CREATE TABLE a.p PARTITION OF a.b FOR VALUES FROM (1) TO (2)", "a.p a.b"),
            ("INSERT INTO a.b VALUES (1) ON CONFLICT DO UPDATE SET c = 1", "a.b"),
            ("CREATE VIEW a.v AS SELECT * FROM a.b", "a.b"),
            ("CREATE RULE r AS ON DELETE TO a.b DO INSTEAD NOTHING", "a.b"),
        ] {
            assert_eq!(read(sql), names, "{sql}");
        }
    }
}
