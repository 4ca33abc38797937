//! Which tables lose rows or columns by a statement, so that consent is asked for what is really lost.

use super::split::{Statement, identifier};

/// Tables that lose something, by name without schema: a question about one table too many is better than one too few.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lost {
    tables: Vec<String>,
    everything: bool,
}

impl Lost {
    /// Adds what `statement` loses.
    pub(crate) fn add(&mut self, statement: &Statement) {
        let words = Words { statement, next: 1 };
        match statement.word(0).as_str() {
            "drop" => self.add_drop(words),
            "alter" => self.add_alter(words),
            "delete" => self.add_list(words.skipping(&["from", "only"])),
            "truncate" => self.add_truncate(words),
            // What code does only the server knows, and a MERGE or a WITH may delete anywhere in its text.
            "do" | "call" | "execute" | "copy" => self.everything = true,
            "with" | "merge" | "replace" => {
                self.everything |= statement.has_word("delete") || statement.has_word("replace");
            }
            "select" => self.everything |= statement.has_word("into") || calls_code(statement),
            _ => {}
        }
    }

    /// Says that nobody can know: a migration in Rust.
    pub(crate) fn add_everything(&mut self) {
        self.everything = true;
    }

    /// Whether `table` loses something.
    pub(crate) fn hold(&self, table: &str) -> bool {
        self.everything || self.tables.iter().any(|lost| lost == table)
    }

    fn add_drop(&mut self, mut words: Words<'_>) {
        match words.take().as_str() {
            "table" => self.add_list(words.skipping(&["if", "exists"])),
            "materialized" | "index" | "trigger" | "view" | "rule" | "policy" | "sequence" => {}
            // What a CASCADE reaches only the server knows: columns of a type that goes, tables of a schema or extension.
            "owned" => self.everything = true,
            _ if words.statement.has_word("cascade") => self.everything = true,
            _ => {}
        }
    }

    /// With CASCADE it empties whatever refers to the tables too.
    fn add_truncate(&mut self, words: Words<'_>) {
        self.everything |= words.statement.has_word("cascade");
        self.add_list(words.skipping(&["table", "only"]));
    }

    /// `ALTER TABLE t DROP [COLUMN] c`; a constraint, a default or NOT NULL that goes takes no value along.
    fn add_alter(&mut self, mut words: Words<'_>) {
        if words.take() != "table" {
            return;
        }
        let mut words = words.skipping(&["if", "exists", "only"]);
        let Some(table) = words.name() else { return };
        let tokens: Vec<String> =
            (words.next..words.statement.tokens.len()).map(|at| words.statement.word(at)).collect();
        let kept = ["constraint", "default", "not", "expression", "identity"];
        if tokens.windows(2).any(|pair| pair[0] == "drop" && !kept.contains(&pair[1].as_str())) {
            self.tables.push(table);
        }
    }

    fn add_list(&mut self, mut words: Words<'_>) {
        while let Some(table) = words.name() {
            self.tables.push(table);
            words = if words.peek() == "*" { words.skipping(&["*"]) } else { words };
            if words.peek() != "," {
                break;
            }
            words.next += 1;
        }
    }
}

/// Whether a SELECT calls a function that is not one of the engines' own harmless ones.
fn calls_code(statement: &Statement) -> bool {
    let called = statement.tokens.windows(2).filter(|pair| pair[1] == "(").map(|pair| pair[0].to_lowercase());
    let harmless =
        ["set_config", "setval", "pg_sleep", "count", "max", "min", "coalesce", "in", "exists", "values", "and", "or"];
    called.into_iter().any(|name| name.starts_with(char::is_alphabetic) && !harmless.contains(&name.as_str()))
}

/// The words of a statement, read from the front.
struct Words<'a> {
    statement: &'a Statement,
    next: usize,
}

impl Words<'_> {
    fn peek(&self) -> String {
        self.statement.word(self.next)
    }

    fn take(&mut self) -> String {
        self.next += 1;
        self.statement.word(self.next - 1)
    }

    fn skipping(mut self, words: &[&str]) -> Self {
        while words.contains(&self.peek().as_str()) {
            self.next += 1;
        }
        self
    }

    /// A name with or without schema and quotes; its last part.
    fn name(&mut self) -> Option<String> {
        let mut name = identifier(self.statement.tokens.get(self.next)?);
        self.next += 1;
        while self.peek() == "." {
            name = identifier(self.statement.tokens.get(self.next + 1)?);
            self.next += 2;
        }
        Some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::split;
    use super::*;

    fn lost(sql: &str) -> Vec<String> {
        let mut lost = Lost::default();
        split(sql).unwrap().iter().for_each(|statement| lost.add(statement));
        lost.tables
    }

    #[test]
    fn only_tables_that_lose_something_are_named() {
        assert_eq!(lost("DROP TABLE IF EXISTS auth.users, \"Odd \"\"one\" CASCADE"), ["users", "Odd \"one"]);
        assert_eq!(lost("DROP INDEX users; DROP TRIGGER t ON users; DROP SCHEMA auth"), [""; 0]);
        assert_eq!(lost("ALTER TABLE ONLY auth.Users DROP COLUMN name"), ["users"]);
        assert_eq!(lost("ALTER TABLE users DROP name"), ["users"]);
        assert_eq!(lost("ALTER TABLE users DROP CONSTRAINT ck, ALTER COLUMN a DROP NOT NULL"), [""; 0]);
        assert_eq!(lost("ALTER TABLE roles RENAME TO drop_me"), [""; 0]);
        assert_eq!(lost("DELETE FROM app.items WHERE name = 'users'; TRUNCATE a, app.b"), ["items", "a", "b"]);
        assert_eq!(lost("UPDATE users SET a = 1"), [""; 0]);
    }

    #[test]
    fn a_cascade_loses_whatever_there_is() {
        let mut lost = Lost::default();
        split("DROP SCHEMA auth CASCADE").unwrap().iter().for_each(|statement| lost.add(statement));
        assert!(lost.hold("users"));
    }

    #[test]
    fn what_code_does_nobody_knows() {
        let everything = |sql: &str| {
            let mut lost = Lost::default();
            split(sql).unwrap().iter().for_each(|statement| lost.add(statement));
            lost.hold("anything")
        };
        for sql in [
            "DO $$ BEGIN DELETE FROM t; END $$",
            "CALL tidy()",
            "WITH gone AS (DELETE FROM t RETURNING *) SELECT count(*) FROM gone",
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
            "SELECT app.tidy()",
            "TRUNCATE t CASCADE",
            "DROP TYPE mood CASCADE",
            "DROP OWNED BY CURRENT_USER",
        ] {
            assert!(everything(sql), "{sql}");
        }
        for sql in [
            "SELECT 1",
            "SELECT setval('s', 1)",
            "DROP VIEW v CASCADE",
            "DROP TYPE mood",
            "WITH a AS (SELECT 1) SELECT * FROM a",
        ] {
            assert!(!everything(sql), "{sql}");
        }
    }
}
