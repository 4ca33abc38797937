//! Which tables lose rows or columns by a statement, so that consent is asked for what is really lost.

use sea_orm::{ConnectionTrait, DbErr, Statement as Query};

use super::folder::{Mode, Script};
use super::split::{Statement, identifier};
use crate::Engine;

/// Tables that lose something, by name without schema: a question about one table too many is better than one too few, so
/// neither case nor blanks tell names apart.
#[derive(Clone, Debug)]
pub(crate) struct Lost {
    engine: Engine,
    drops_by_row: bool,
    tables: Vec<Losing>,
    /// What tables are called by a statement before, and what they were called before that.
    renamed: Vec<(String, String)>,
    everything: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Losing {
    table: String,
    /// Whether rows go one by one, and those that refer to them with `ON DELETE CASCADE` go along.
    by_row: bool,
}

/// The tables whose rows go with those of another: who refers, and to whom.
pub(crate) async fn cascades(
    connection: &impl ConnectionTrait,
    engine: Engine,
) -> Result<Vec<(String, String)>, DbErr> {
    const POSTGRES: &str = "SELECT DISTINCT c.relname::text AS referring, p.relname::text AS referred \
        FROM pg_catalog.pg_constraint f JOIN pg_catalog.pg_class c ON c.oid = f.conrelid \
        JOIN pg_catalog.pg_class p ON p.oid = f.confrelid WHERE f.contype = 'f' AND f.confdeltype = 'c'";
    const SQLITE: &str = "SELECT DISTINCT s.name AS referring, f.\"table\" AS referred \
        FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) f WHERE s.type = 'table' AND f.on_delete = 'CASCADE'";
    let query = match engine {
        Engine::Postgres => POSTGRES,
        Engine::Sqlite => SQLITE,
    };
    let rows = connection.query_all_raw(Query::from_string(engine.backend(), query)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "referring")?, row.try_get("", "referred")?))).collect()
}

impl Lost {
    /// Nothing yet.
    pub(crate) fn on(engine: Engine) -> Self {
        Self {
            engine,
            drops_by_row: engine == Engine::Sqlite,
            tables: Vec::new(),
            renamed: Vec::new(),
            everything: false,
        }
    }

    /// Adds what the statements of a file lose; files come in the order in which they run.
    pub(crate) fn add_script(&mut self, script: &Script) {
        // SQLite deletes the rows of a table that is dropped, and what refers to them follows its action; not so where
        // foreign keys are off for a rebuild.
        self.drops_by_row = self.engine == Engine::Sqlite && script.mode != Mode::Rebuild;
        script.statements.iter().for_each(|statement| self.add(statement));
    }

    fn add(&mut self, statement: &Statement) {
        let words = Words { statement, next: 1 };
        match statement.word(0).as_str() {
            "drop" => self.add_drop(words),
            "alter" => self.add_alter(words),
            "delete" => self.add_list(words.skipping(&["from"]), true),
            "insert" | "update" if statement.word(1) == "or" && statement.word(2) == "replace" => {
                self.add_list(words.skipping(&["or", "replace", "into"]), true);
            }
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

    /// Adds the tables whose rows go along, of those that refer to others with `ON DELETE CASCADE`.
    pub(crate) fn follow(&mut self, cascades: &[(String, String)]) {
        let mut next = 0;
        while let Some(Losing { table, by_row }) = self.tables.get(next).cloned() {
            next += 1;
            let along = cascades.iter().filter(|(_, referred)| by_row && comparable(referred) == table);
            for table in along.map(|(referring, _)| comparable(referring)).collect::<Vec<_>>() {
                let losing = Losing { table, by_row };
                if !self.tables.contains(&losing) {
                    self.tables.push(losing);
                }
            }
        }
    }

    /// Whether `table` loses something.
    pub(crate) fn hold(&self, table: &str) -> bool {
        let name = comparable(table);
        self.everything || self.tables.iter().any(|lost| lost.table == name)
    }

    /// A table, by whatever it is called now and was called before the first statement.
    fn push(&mut self, table: String, by_row: bool) {
        let mut names = vec![table];
        for (now, before) in self.renamed.iter().rev() {
            if names.contains(now) {
                names.push(before.clone());
            }
        }
        self.tables.extend(names.into_iter().map(|table| Losing { table, by_row }));
    }

    fn add_drop(&mut self, mut words: Words<'_>) {
        match words.take().as_str() {
            "table" => self.add_list(words.skipping(&["if", "exists"]), self.drops_by_row),
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
        self.add_list(words.skipping(&["table"]), false);
    }

    /// `ALTER TABLE t DROP [COLUMN] c`; a constraint, a default or NOT NULL that goes takes no value along. A table that gets
    /// another name keeps its rows.
    fn add_alter(&mut self, mut words: Words<'_>) {
        if words.take() != "table" {
            return;
        }
        let mut words = words.skipping(&["if", "exists", "only", "("]);
        let Some(table) = words.name() else { return };
        let mut words = words.skipping(&[")", "*"]);
        if words.peek() == "rename" {
            words.next += 1;
            if words.take() == "to"
                && let Some(now) = words.name()
            {
                self.renamed.push((now, table));
            }
            return;
        }
        let tokens: Vec<String> =
            (words.next..words.statement.tokens.len()).map(|at| words.statement.word(at)).collect();
        let drops_value = |(at, pair): (usize, &[String])| {
            let kept = match pair[1].as_str() {
                "constraint" | "default" | "not" => true,
                // Of a column that stays: the two may be columns' names as well.
                "expression" | "identity" => {
                    at.checked_sub(2).is_some_and(|before| matches!(tokens[before].as_str(), "alter" | "column"))
                }
                _ => false,
            };
            pair[0] == "drop" && !kept
        };
        if tokens.windows(2).enumerate().any(drops_value) {
            self.push(table, false);
        }
    }

    fn add_list(&mut self, mut words: Words<'_>, by_row: bool) {
        words = words.skipping(&["only", "("]);
        while let Some(table) = words.name() {
            self.push(table, by_row);
            words = words.skipping(&[")", "*"]);
            if words.peek() != "," {
                break;
            }
            words = words.skipping(&[",", "only", "("]);
        }
    }
}

/// A name as names are compared here.
fn comparable(name: &str) -> String {
    name.chars().filter(|character| !character.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Whether a SELECT calls a function that is not one of the engines' own harmless ones.
fn calls_code(statement: &Statement) -> bool {
    let called = statement.tokens.windows(2).filter(|pair| pair[1] == "(").map(|pair| pair[0].to_lowercase());
    let harmless =
        ["set_config", "setval", "pg_sleep", "count", "max", "min", "coalesce", "in", "exists", "values", "and", "or"];
    let names = |name: &String| name.starts_with(|first: char| first.is_alphabetic() || matches!(first, '_' | '"'));
    called.into_iter().any(|name| names(&name) && !harmless.contains(&name.as_str()))
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

    /// A name with or without schema and quotes; its last part, as names are compared.
    fn name(&mut self) -> Option<String> {
        let mut name = self.part()?;
        while self.peek() == "." {
            self.next += 1;
            name = self.part()?;
        }
        Some(comparable(&name))
    }

    /// One part of a name, in any of the quotes that SQLite knows.
    fn part(&mut self) -> Option<String> {
        let token = self.statement.tokens.get(self.next)?;
        self.next += 1;
        let end = match token.as_str() {
            "[" => "]",
            "`" => "`",
            text => {
                let quoted = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                return Some(quoted.map_or_else(|| identifier(text), |inner| inner.replace("''", "'")));
            }
        };
        let inner = self.statement.tokens.get(self.next..)?.iter().take_while(|token| *token != end);
        let inner: Vec<&str> = inner.map(String::as_str).collect();
        self.next += inner.len() + 1;
        Some(inner.concat())
    }
}

#[cfg(test)]
mod tests {
    use super::super::split::split;
    use super::*;

    fn all(engine: Engine, sql: &str) -> Lost {
        let mut lost = Lost::on(engine);
        split(sql).unwrap().iter().for_each(|statement| lost.add(statement));
        lost
    }

    fn lost(sql: &str) -> Vec<String> {
        all(Engine::Postgres, sql).tables.into_iter().map(|losing| losing.table).collect()
    }

    #[test]
    fn only_tables_that_lose_something_are_named() {
        assert_eq!(lost("DROP TABLE IF EXISTS auth.users, \"Odd \"\"one\" CASCADE"), ["users", "odd\"one"]);
        assert_eq!(lost("DROP INDEX users; DROP TRIGGER t ON users; DROP SCHEMA auth"), [""; 0]);
        assert_eq!(lost("ALTER TABLE ONLY auth.Users DROP COLUMN name"), ["users"]);
        assert_eq!(lost("ALTER TABLE users DROP name"), ["users"]);
        assert_eq!(lost("ALTER TABLE users DROP CONSTRAINT ck, ALTER COLUMN a DROP NOT NULL"), [""; 0]);
        assert_eq!(lost("ALTER TABLE roles RENAME TO drop_me"), [""; 0]);
        assert_eq!(lost("DELETE FROM app.items WHERE name = 'users'; TRUNCATE a, app.b"), ["items", "a", "b"]);
        assert_eq!(lost("UPDATE users SET a = 1; INSERT INTO users VALUES (1)"), [""; 0]);
        assert_eq!(
            lost("INSERT OR REPLACE INTO users VALUES (1); UPDATE OR REPLACE items SET a = 1"),
            ["users", "items"]
        );
        assert_eq!(
            lost("TRUNCATE a, ONLY b, app.c; TRUNCATE ONLY (d); DELETE FROM ONLY (e)"),
            ["a", "b", "c", "d", "e"]
        );
        assert_eq!(
            lost("ALTER TABLE ONLY (a) DROP b; ALTER TABLE c DROP identity; ALTER TABLE d DROP expression"),
            ["a", "c", "d"]
        );
        assert_eq!(lost("ALTER TABLE a ALTER b DROP IDENTITY; ALTER TABLE a ALTER COLUMN b DROP EXPRESSION"), [""; 0]);
    }

    #[test]
    fn sqlite_has_four_kinds_of_quotes() {
        for name in ["`My things`", "[My things]", "'My things'", "\"My things\"", "main.[My things]"] {
            assert!(all(Engine::Sqlite, &format!("DROP TABLE {name}")).hold("my Things"), "{name}");
            assert!(all(Engine::Sqlite, &format!("DELETE FROM {name} WHERE a = 1")).hold("My things"), "{name}");
            let two = all(Engine::Sqlite, &format!("ALTER TABLE {name} DROP COLUMN a; DROP TABLE {name}; SELECT 1"));
            assert!(two.hold("My things") && !two.hold("a"), "{name}");
        }
    }

    #[test]
    fn a_table_is_found_by_its_name_before() {
        let sql = "ALTER TABLE app.things RENAME TO old; ALTER TABLE old RENAME TO older; DROP TABLE app.older";
        assert!(all(Engine::Postgres, sql).hold("things"));
        assert!(!all(Engine::Postgres, "ALTER TABLE a RENAME TO b; DROP TABLE c").hold("a"));
        assert!(!all(Engine::Postgres, "ALTER TABLE a RENAME COLUMN b TO c; ALTER TABLE a RENAME d TO e").hold("a"));
    }

    #[test]
    fn rows_that_refer_to_deleted_ones_go_along() {
        let cascades = [("b", "a"), ("c", "b"), ("B", "c"), ("d", "other")].map(|(from, to)| (from.into(), to.into()));
        let held = |engine, sql: &str| {
            let mut lost = all(engine, sql);
            lost.follow(&cascades);
            ["a", "b", "c", "d"].into_iter().filter(|table| lost.hold(table)).collect::<String>()
        };
        assert_eq!(held(Engine::Postgres, "DELETE FROM a"), "abc");
        assert_eq!(held(Engine::Sqlite, "DROP TABLE a"), "abc");
        // There a table goes, and the foreign keys of others with it; TRUNCATE refuses.
        assert_eq!(held(Engine::Postgres, "DROP TABLE a CASCADE"), "a");
        assert_eq!(held(Engine::Postgres, "TRUNCATE a; ALTER TABLE c DROP COLUMN x"), "ac");
        assert_eq!(held(Engine::Postgres, "ALTER TABLE a RENAME TO z; DELETE FROM z"), "abc");
    }

    #[test]
    fn a_cascade_loses_whatever_there_is() {
        assert!(all(Engine::Postgres, "DROP SCHEMA auth CASCADE").hold("users"));
    }

    #[test]
    fn what_code_does_nobody_knows() {
        let everything = |sql: &str| all(Engine::Postgres, sql).hold("anything");
        for sql in [
            "DO $$ BEGIN DELETE FROM t; END $$",
            "CALL tidy()",
            "WITH gone AS (DELETE FROM t RETURNING *) SELECT count(*) FROM gone",
            "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
            "SELECT app.tidy()",
            "SELECT _purge()",
            "SELECT app.\"purge\"()",
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
