//! Which statements of a migration travel to the server in one message.

use std::collections::HashSet;

use super::split::{Statement, identifier};

/// The statements in rows that may share a message: those that the server is done with at once, however full the
/// database is, since they only describe, or are about what the migration has just made.
pub(super) fn together(mut statements: &[Statement]) -> Vec<&[Statement]> {
    let mut new = New::default();
    let quick: Vec<bool> = statements.iter().map(|statement| new.is_quick(statement)).collect();
    let mut rows = Vec::new();
    for row in quick.chunk_by(|one, next| *one && *next) {
        let (row, rest) = statements.split_at(row.len());
        rows.push(row);
        statements = rest;
    }
    rows
}

/// The tables that the migration has made so far, as it writes their names: they are empty, and nobody else sees them.
#[derive(Default)]
struct New {
    tables: HashSet<String>,
}

impl New {
    fn is_quick(&mut self, statement: &Statement) -> bool {
        let quick = self.is_known_quick(statement);
        if !quick {
            // It may have filled any of them.
            self.tables.clear();
        }
        quick
    }

    fn is_known_quick(&mut self, statement: &Statement) -> bool {
        match (statement.word(0).as_str(), statement.word(1).as_str()) {
            ("comment" | "grant" | "revoke", _)
            | ("create", "domain" | "function" | "procedure" | "schema" | "sequence" | "type" | "view") => true,
            ("create", "or") => matches!(statement.word(3).as_str(), "function" | "procedure"),
            ("create", "table") => self.makes_empty(statement),
            ("create", "index" | "policy" | "trigger" | "unique") => self.made(statement, behind_on(statement)),
            // Whether rows fit is asked in a way of its own.
            ("alter", "table") => !statement.has_word("validate") && self.made(statement, Some(2)),
            _ => false,
        }
    }

    /// Whether it makes a table without rows; one of a query has some, and a partition may take some from the default one.
    fn makes_empty(&mut self, statement: &Statement) -> bool {
        let pair = |one: &str, next: &str| {
            let is = |pair: &[String]| pair[0].eq_ignore_ascii_case(one) && pair[1].eq_ignore_ascii_case(next);
            statement.tokens.windows(2).any(is)
        };
        let filled = ["select", "values", "execute"].iter().any(|word| statement.has_word(word));
        if filled || pair("as", "table") || pair("partition", "of") {
            return false;
        }
        // `IF NOT EXISTS` may find one that is full.
        if statement.word(2) != "if" {
            self.tables.extend(name_at(statement, 2));
        }
        true
    }

    fn made(&self, statement: &Statement, at: Option<usize>) -> bool {
        at.and_then(|at| name_at(statement, at)).is_some_and(|name| self.tables.contains(&name))
    }
}

fn behind_on(statement: &Statement) -> Option<usize> {
    let on = statement.tokens.iter().position(|token| token.eq_ignore_ascii_case("on"))?;
    Some(if statement.word(on + 1) == "only" { on + 2 } else { on + 1 })
}

/// The name that begins with the nth token, with its schema where one is written.
fn name_at(statement: &Statement, at: usize) -> Option<String> {
    let part = |at: usize| statement.tokens.get(at).map(|token| identifier(token));
    let first = part(at)?;
    match statement.tokens.get(at + 1) {
        Some(dot) if dot == "." => Some(format!("{first}.{}", part(at + 2)?)),
        _ => Some(first),
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::split;
    use super::*;

    /// How many statements each message has.
    fn rows(sql: &str) -> Vec<usize> {
        together(&split(sql).unwrap()).into_iter().map(<[Statement]>::len).collect()
    }

    #[test]
    fn what_is_about_a_table_of_the_same_migration_is_one_message() {
        let sql = r#"CREATE SCHEMA app; CREATE TABLE app."Things" (id uuid, CHECK (id IS NOT NULL));
            CREATE UNIQUE INDEX i ON ONLY app."Things" (id); CREATE INDEX ON app."Things" USING hash (id);
            CREATE TRIGGER t BEFORE UPDATE OF id ON app."Things" EXECUTE FUNCTION f();
            ALTER TABLE app."Things" ENABLE ROW LEVEL SECURITY; COMMENT ON TABLE app."Things" IS 'x'"#;
        assert_eq!(rows(sql), [7]);
        assert_eq!(rows("CREATE TABLE a (x int GENERATED ALWAYS AS IDENTITY); CREATE INDEX i ON A (x)"), [2]);
        assert_eq!(rows("CREATE TABLE a (x int) PARTITION BY RANGE (x); CREATE INDEX i ON a (x)"), [2]);
    }

    #[test]
    fn what_may_take_its_time_goes_alone() {
        for slow in [
            "CREATE INDEX i ON elsewhere (x)",
            "CREATE INDEX i ON app.a (x)",
            "CREATE TRIGGER t AFTER INSERT ON elsewhere EXECUTE FUNCTION f()",
            "ALTER TABLE elsewhere ADD COLUMN x int",
            "ALTER TABLE a VALIDATE CONSTRAINT c",
            "CREATE TABLE b AS SELECT 1",
            "CREATE TABLE b AS TABLE a",
            "CREATE TABLE b PARTITION OF p FOR VALUES IN (1)",
            "CREATE OR REPLACE TRIGGER t AFTER INSERT ON a EXECUTE FUNCTION f()",
            "CREATE MATERIALIZED VIEW v AS SELECT 1",
            "INSERT INTO a VALUES (1)",
            "UPDATE a SET x = 1",
            "DO $$ BEGIN END $$",
            "DROP TABLE a",
            "SELECT 1",
        ] {
            let sql = format!("CREATE TABLE a (x int); COMMENT ON TABLE a IS 'a'; {slow}; COMMENT ON TABLE a IS 'b'");
            assert_eq!(rows(&sql), [2, 1, 1], "{slow}");
        }
        assert_eq!(rows("CREATE TABLE IF NOT EXISTS a (x int); CREATE INDEX i ON a (x)"), [1, 1]);
        assert_eq!(rows("CREATE TABLE a (x int); INSERT INTO a SELECT 1; CREATE INDEX i ON a (x)"), [1, 1, 1]);
        assert_eq!(rows(""), [0; 0]);
    }
}
