//! The rules of our own, by what they look at.

mod copies;
mod history;
mod keys;
mod names;
mod new;
mod partitions;
mod postgres;
mod rights;
mod rows;
mod settings;
mod sqlite;
mod tables;
mod truth;

use atriz_db::Engine;
use atriz_db::migrate::{Direction, Mode, Piece};

use super::file::File;
use super::folder::LintFolder;
use super::hit::Hit;
use super::ignore::is_exempt;
use super::names::Mention;
use super::state::State;

pub(super) use history::check as history;
pub(super) use keys::unindexed;
pub(super) use new::is_new;

/// A statement and what is known when it runs.
pub(super) struct Look<'a> {
    pub(super) folder: &'a LintFolder,
    pub(super) file: &'a File<'a>,
    pub(super) statement: &'a Piece<'a>,
    /// The tables that it names.
    pub(super) mentions: &'a [Mention],
    /// Before the statement.
    pub(super) state: &'a State<'a>,
    /// Whether all that it changes was made by the same batch.
    pub(super) new: bool,
}

/// What the rules say of one statement that need to know no other.
pub(super) fn alone(folder: &LintFolder, file: &File<'_>, statement: &Piece<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    names::too_long(statement, &mut hits);
    rows::check(statement, &mut hits);
    keys::check(statement, &mut hits);
    if file.engine == Engine::Postgres {
        settings::check(statement, &mut hits);
        postgres::check(statement, &mut hits);
        rights::check(statement, &mut hits);
    }
    transaction_control(statement, &mut hits);
    if folder.is_ours() && file.mode != Mode::Alone {
        half_made(statement, &mut hits);
    }
    hits
}

/// What the rules say of one statement, before it is learnt; `hits` is what it says alone.
pub(super) fn statement(look: &Look<'_>, mut hits: Vec<Hit>) -> Vec<Hit> {
    names::check(look, &mut hits);
    match look.file.engine {
        Engine::Postgres => {
            tables::check(look, &mut hits);
            partitions::check(look, &mut hits);
            partitions::refused(look, &mut hits);
            names::indexes(look, &mut hits);
        }
        Engine::Sqlite => sqlite::check(look, &mut hits),
    }
    let back = look.file.direction == Direction::Down;
    hits.retain(|hit| !is_exempt(hit.rule.scope, look.new, back));
    hits
}

/// What the rules say of one statement once it is learnt.
pub(super) fn learnt(statement: &Piece<'_>, state: &State<'_>, engine: Engine) -> Vec<Hit> {
    if engine == Engine::Sqlite { sqlite::quotes(statement, state) } else { Vec::new() }
}

/// What the rules say of a file as a whole; `new` says of each statement whether the batch made what it changes.
pub(super) fn file(file: &File<'_>, new: &[bool]) -> Vec<Hit> {
    let mut hits = Vec::new();
    rows::mixed(file, new, &mut hits);
    if file.engine == Engine::Postgres && file.mode == Mode::Alone {
        postgres::mixed(file, &mut hits);
    }
    hits
}

fn half_made(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let says = |words: &[&str]| {
        words.iter().zip(["if", "not", "exists"]).all(|(token, word)| token.eq_ignore_ascii_case(word))
    };
    // Whoever made the database may have had to make the extension too.
    let makes = matches!(statement.word(0).as_str(), "create" | "alter") && statement.word(1) != "extension";
    if let Some(at) = statement.tokens.windows(3).take(9).position(says).filter(|_| makes) {
        let message = "IF NOT EXISTS takes what is half made for a whole object";
        hits.push(Hit::on("if-not-exists-in-transaction", statement, at, 3, message));
    }
}

fn transaction_control(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    let controls = match statement.word(0).as_str() {
        "begin" | "commit" | "rollback" | "end" | "abort" | "savepoint" | "release" => true,
        "start" | "prepare" => statement.word(1) == "transaction",
        _ => false,
    };
    if controls {
        let message =
            format!("`{}` in a migration, which is one transaction already", statement.word(0).to_uppercase());
        hits.push(Hit::on("transaction-control", statement, 0, 1, message));
    }
}
