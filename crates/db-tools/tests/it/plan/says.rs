//! What each statement is said to do, by its text alone.

use std::fmt::Write as _;

use atriz_db::Engine;
use atriz_db::migrate::{Statement, split};
use atriz_db_tools::plan::{Effect, Work, effect};

use super::shop::{POSTGRES, SQLITE};

#[test]
fn every_statement_on_postgres() {
    check(Engine::Postgres, POSTGRES);
}

#[test]
fn every_statement_on_sqlite() {
    check(Engine::Sqlite, SQLITE);
}

/// Whatever is cut off, and wherever: nothing breaks, and what cannot be read is unknown at worst.
#[test]
fn statements_that_break_off_break_nothing() {
    for (engine, statements) in [(Engine::Postgres, POSTGRES), (Engine::Sqlite, SQLITE)] {
        for (sql, _) in statements {
            let whole = split(sql).unwrap().remove(0);
            for end in 0..=whole.tokens.len() {
                for start in [0, 1, 2].into_iter().filter(|start| *start <= end) {
                    let tokens = whole.tokens[start..end].to_vec();
                    effect(&Statement { tokens, ..whole.clone() }, engine);
                }
            }
        }
    }
}

fn check(engine: Engine, statements: &[(&str, &str)]) {
    let mut wrong = String::new();
    for (sql, expected) in statements {
        let said = say(&effect_of(sql, engine));
        if said != *expected {
            writeln!(wrong, "    (\n        {sql:?},\n        {said:?},\n    ),").unwrap();
        }
    }
    assert!(wrong.is_empty(), "what is said of these differs from the table:\n{wrong}");
}

pub(super) fn effect_of(sql: &str, engine: Engine) -> Effect {
    effect(&split(sql).unwrap()[0], engine)
}

/// The effect in one line.
fn say(effect: &Effect) -> String {
    let mut parts = Vec::new();
    if effect.unknown {
        parts.push("unknown".to_owned());
    }
    parts.extend(effect.locks.iter().map(|lock| format!("{} {}", lock.table, lock.level.words())));
    let work = |verb: &str, work: &Work| match &work.condition {
        Some(condition) => format!("{verb} {} {condition}", work.table),
        None => format!("{verb} {}", work.table),
    };
    parts.extend(effect.scans.iter().map(|scan| work("scans", scan)));
    parts.extend(effect.rewrites.iter().map(|rewrite| work("rewrites", rewrite)));
    parts.extend(effect.changes_every_row.iter().map(|table| format!("changes every row of {table}")));
    parts.extend(effect.notes.iter().map(|note| format!("({note})")));
    if parts.is_empty() { "nothing".to_owned() } else { parts.join("; ") }
}
