//! A PostgreSQL database as statements: what `pg_dump` writes, without what is the toolkit's or the session's.

use atriz_db::migrate::{Statement, split};
use atriz_db::{Engine, TRACKING_TABLES};
use sea_orm::DatabaseConnection;

use super::{SquashError, pg_dump};
use crate::scratch::{Scratch, Server};

/// The statements that make the scratch database and its rows.
pub(super) async fn statements(
    scratch: &Scratch,
    server: &Server,
    connection: &DatabaseConnection,
) -> Result<Vec<String>, SquashError> {
    let dump = pg_dump::dump(scratch, server, connection).await?;
    of_dump(&dump, &scratch.database())
}

/// The statements of a dump of the database called `database`.
fn of_dump(dump: &str, database: &str) -> Result<Vec<String>, SquashError> {
    let unsayable = |reason: String| SquashError::Unsayable { engine: Engine::Postgres, reason };
    let is_command = |line: &str| line.starts_with("\\restrict ") || line.starts_with("\\unrestrict ");
    let sql: String = dump.split_inclusive('\n').filter(|line| !is_command(line)).collect();
    let all = split(&sql).map_err(|error| unsayable(format!("pg_dump's text cannot be split: {error}")))?;
    let kept: Vec<Statement> = all.into_iter().filter(|statement| is_kept(statement, database)).collect();
    if let Some(statement) = kept.iter().find(|statement| statement.text.contains(database)) {
        return Err(unsayable(format!("a role of this installation is named: {}", statement.excerpt())));
    }
    let mut statements = Vec::with_capacity(kept.len() + 1);
    if kept.iter().any(|statement| statement.word(0) == "create" && makes_function(statement)) {
        // Functions come before the tables that their bodies name.
        statements.push("SET LOCAL check_function_bodies = false".to_owned());
    }
    statements.extend(kept.into_iter().map(|statement| statement.text));
    Ok(statements)
}

fn makes_function(statement: &Statement) -> bool {
    ["function", "procedure"].contains(&statement.word(1).as_str())
}

fn is_kept(statement: &Statement, database: &str) -> bool {
    match (statement.word(0).as_str(), statement.word(1).as_str()) {
        // Of defaults, since the toolkit gives them.
        ("set", _) | ("alter", "default") => false,
        ("select", _) => !statement.has_word("set_config") && !is_unused_sequence(statement),
        // Each extension brings its own comment.
        ("comment", "on") => statement.word(2) != "extension",
        ("grant" | "revoke", _) => !is_of_toolkit(statement, database),
        _ => !is_of_tracking(statement),
    }
}

/// `setval(…, 1, false)`: the sequence is as it was made.
fn is_unused_sequence(statement: &Statement) -> bool {
    let tokens: Vec<&str> = statement.tokens.iter().rev().take(5).map(String::as_str).collect();
    statement.has_word("setval") && tokens == [")", "false", ",", "1", ","]
}

/// Rights of the owner and the app, and on `public`, are given by the toolkit, whatever the roles are called.
fn is_of_toolkit(statement: &Statement, database: &str) -> bool {
    let words: Vec<String> = statement.tokens.iter().map(|token| token.to_lowercase()).collect();
    let on_public = words.windows(3).any(|words| words == ["on", "schema", "public"]);
    on_public || statement.text.contains(database)
}

/// What hangs on the tracking tables and is left behind without them.
fn is_of_tracking(statement: &Statement) -> bool {
    let on = |words: &[String]| {
        words[0] == "public" && words[1] == "." && TRACKING_TABLES.iter().any(|table| words[2].starts_with(table))
    };
    let head: Vec<String> = statement.tokens.iter().take(8).map(|token| token.to_lowercase()).collect();
    ["alter", "create"].contains(&statement.word(0).as_str())
        && ["sequence", "table", "index"].contains(&statement.word(1).as_str())
        && head.windows(3).any(on)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUMP: &str = r"
\restrict abc
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
--
-- Name: app; Type: SCHEMA; Schema: -; Owner: -
--
CREATE SCHEMA app;
CREATE FUNCTION app.one() RETURNS integer LANGUAGE sql AS $$ SELECT 1; $$;
INSERT INTO app.things (a) VALUES (';
\restrict is a word');
SELECT pg_catalog.setval('app.things_id_seq', 1, false);
SELECT pg_catalog.setval('app.things_id_seq', 7, true);
REVOKE ALL ON FUNCTION app.one() FROM PUBLIC;
GRANT ALL ON FUNCTION app.one() TO scratch_1_app;
REVOKE USAGE ON SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE scratch_1_owner IN SCHEMA app GRANT SELECT ON TABLES TO scratch_1_app;
COMMENT ON EXTENSION citext IS 'a type';
COMMENT ON SCHEMA app IS 'ours';
";

    #[test]
    fn what_is_the_toolkits_is_left_out() {
        let statements = of_dump(&DUMP.replace("\n\\restrict is", "\n restrict is"), "scratch_1").unwrap();
        let starts: Vec<&str> = statements.iter().map(|text| text.get(..20).unwrap_or(text)).collect();
        assert_eq!(
            starts,
            [
                "SET LOCAL check_func",
                "CREATE SCHEMA app",
                "CREATE FUNCTION app.",
                "INSERT INTO app.thin",
                "SELECT pg_catalog.se",
                "REVOKE ALL ON FUNCTI",
                "COMMENT ON SCHEMA ap",
            ]
        );
    }

    #[test]
    fn a_role_of_this_installation_cannot_be_written_down() {
        let error = of_dump("CREATE POLICY p ON app.things TO scratch_1_app;", "scratch_1").unwrap_err();
        assert!(error.to_string().contains("CREATE POLICY p"), "{error}");
    }
}
