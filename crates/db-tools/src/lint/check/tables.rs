//! Tables that are named, and made nowhere.

use atriz_db::migrate::Piece;

use super::super::file::File;
use super::super::hit::Hit;
use super::super::names::Mention;
use super::Look;
use crate::plan::Name;
use crate::plan::cursor::Cursor;

/// Statements whose tables are read; in the others a name behind FROM or INTO may be something else.
const READ: [&str; 16] = [
    "alter", "comment", "copy", "create", "delete", "drop", "grant", "insert", "lock", "merge", "refresh", "revoke",
    "select", "truncate", "update", "with",
];

/// Tables that the runner makes before the first migration.
const RUNNERS: [&str; 4] = ["database_identity", "migration_history", "seaql_migrations", "seed_history"];

/// How many tables are compared with a name that is none of theirs.
const MOST_COMPARED: usize = 2_000;

/// How many letters may differ in a name that is told as the one meant.
const FARTHEST: usize = 2;

pub(super) fn check(look: &Look<'_>, hits: &mut Vec<Hit>) {
    // Other tools' folders may begin in the middle.
    let whole = look.folder.is_ours() && !look.folder.has_rust && !look.state.is_unsure();
    if !whole || !READ.contains(&look.statement.word(0).as_str()) || is_conditional(look) {
        return;
    }
    for mention in look.mentions.iter().filter(|mention| is_unknown(look, mention)) {
        let near = near(look, &mention.table).map(|name| format!("; `{name}` is made")).unwrap_or_default();
        let message = format!("no file up to here makes `{}`{near}", mention.table);
        hits.push(Hit::on("unknown-table", look.statement, mention.at, mention.count, message));
    }
}

/// Whether the statement itself takes into account that what it drops may not be there.
fn is_conditional(look: &Look<'_>) -> bool {
    let mut words = look.statement.tokens.windows(2).take(4);
    words.any(|pair| pair[0].eq_ignore_ascii_case("if") && pair[1].eq_ignore_ascii_case("exists"))
}

fn is_unknown(look: &Look<'_>, mention: &Mention) -> bool {
    let (table, folder, state) = (&mention.table, look.folder, look.state);
    // A name without a schema has a rule of its own.
    let Some(schema) = &table.schema else { return false };
    let of_server = ["pg_catalog", "information_schema", "pg_temp"].contains(&schema.as_str());
    let of_runner = schema == "public" && RUNNERS.contains(&table.name.as_str());
    // What is another database's is told as such.
    let others = folder.others.contains_key(&table.name) || folder.schemas.contains_key(schema);
    let others = others || folder.databases.contains(schema);
    // An extension may bring tables, in schemas that no file makes.
    let extension = state.has_extension() && !state.has_schema(schema);
    let excused = of_server || of_runner || others || folder.own.contains(&table.name) || extension;
    if excused || state.has_been(table) {
        return false;
    }
    !is_made_by(look.file, table)
}

/// Whether a statement of the same file makes a table or a view of this name, or gives it to one.
fn is_made_by(file: &File<'_>, table: &Name) -> bool {
    file.statements.iter().filter_map(made_by).any(|name| name.is(table))
}

/// The table or view that a statement makes, or the name that it gives to one.
fn made_by(statement: &Piece<'_>) -> Option<Name> {
    let mut cursor = Cursor::new(&statement.tokens);
    match statement.word(0).as_str() {
        "create" => {
            cursor.eat("create");
            cursor.skip(&["or replace", "temporary", "temp", "unlogged", "recursive", "materialized", "foreign"]);
            cursor.eat_any(&["table if not exists", "view if not exists", "table", "view"]).then(|| cursor.name())?
        }
        "alter" => {
            cursor.seek("rename")?;
            cursor.eat("to").then(|| cursor.name())?
        }
        "select" => {
            cursor.seek("into")?;
            cursor.skip(&["temporary", "temp", "unlogged", "table"]);
            cursor.name()
        }
        _ => None,
    }
}

/// A table that is made, and whose name is nearly this one.
fn near(look: &Look<'_>, table: &Name) -> Option<Name> {
    let full = table.to_string();
    let known = look.state.tables().take(MOST_COMPARED).map(|known| &known.name);
    let compared = known.map(|known| {
        // One of the same name in another schema is as near as can be.
        let same = known.name == table.name;
        (if same { 0 } else { strsim::damerau_levenshtein(&known.to_string(), &full) }, known)
    });
    let nearest = compared.min_by_key(|(far, known)| (*far, known.to_string()));
    nearest.filter(|(far, _)| *far <= FARTHEST).map(|(_, known)| known.clone())
}
