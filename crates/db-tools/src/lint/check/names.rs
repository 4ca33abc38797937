//! Names: of other databases, without a schema, too long.

use atriz_db::Engine;
use atriz_db::migrate::Piece;

use super::super::hit::{Hit, index_in, range_of};
use super::super::names::Mention;
use super::Look;
use crate::plan::cursor::{Cursor, fold};

/// The bytes of a name that PostgreSQL keeps.
const LONGEST: usize = 63;

pub(super) fn check(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let made = look.statement.word(0) == "create" && look.statement.has_word("table");
    for (index, mention) in look.mentions.iter().enumerate() {
        if !owner(look, mention, made && index == 0, hits) {
            schema(look, mention, hits);
        }
    }
}

/// Whether another database owns the table, which is then told.
fn owner(look: &Look<'_>, mention: &Mention, made: bool, hits: &mut Vec<Hit>) -> bool {
    let (table, folder) = (&mention.table, look.folder);
    if folder.own.contains(&table.name) || (!made && look.state.table(table).is_some()) {
        return false;
    }
    let foreign_schema = table.schema.as_ref().and_then(|schema| folder.schemas.get(schema));
    let owner = match folder.others.get(&table.name) {
        // A second one of the same name, in whatever schema, is made by mistake.
        Some((schema, owner)) if made || table.schema.as_ref().is_none_or(|named| named == schema) => Some(owner),
        _ => foreign_schema,
    };
    // `core.users` with the database's name for the schema's, and `core.auth.users`, which no server takes.
    let first = look.statement.tokens.get(mention.at).and_then(|token| fold(token)).unwrap_or_default();
    let database = (mention.count > 1).then(|| folder.databases.get(&first)).flatten();
    let ours =
        || look.state.has_schema(&first) || look.state.tables().any(|table| table.name.schema.as_ref() == Some(&first));
    let Some(owner) = owner.or_else(|| database.filter(|_| !ours())) else { return false };
    let (rule, message) = if made {
        ("table-owner-mismatch", format!("`{table}` is a table of database `{owner}`"))
    } else {
        ("cross-db-reference", format!("`{table}` belongs to database `{owner}`; `{}` cannot reach it", folder.name))
    };
    hits.push(Hit::on(rule, look.statement, mention.at, mention.count, message));
    true
}

fn schema(look: &Look<'_>, mention: &Mention, hits: &mut Vec<Hit>) {
    let temporary = look.statement.tokens.iter().take(3).any(|word| word.to_ascii_lowercase().starts_with("temp"));
    let ours = look.file.engine == Engine::Postgres && look.folder.is_ours();
    // One that was made without a schema was told of then, or is temporary.
    let known = look.state.table(&mention.table).is_some_and(|table| table.name.schema.is_none());
    if !ours || mention.table.schema.is_some() || temporary || known {
        return;
    }
    let message = format!("`{}` has no schema: search_path decides which table that is", mention.table.name);
    let range = range_of(look.statement, mention.at, mention.count);
    let hit = Hit::at("require-table-schema", range.clone(), message);
    hits.push(match look.state.schema_of(&mention.table.name) {
        Some(schema) => hit.fixed_by(range.start..range.start, format!("{schema}.")),
        None => hit,
    });
}

/// Indexes that are named without the schema of their table.
pub(super) fn indexes(look: &Look<'_>, hits: &mut Vec<Hit>) {
    let mut cursor = Cursor::new(&look.statement.tokens);
    let named = cursor.eat_any(&["drop index", "alter index", "reindex index", "comment on index"]);
    if !named || !look.folder.is_ours() || cursor.sees("all in tablespace") {
        return;
    }
    cursor.skip(&["concurrently", "if exists"]);
    loop {
        let at = index_in(look.statement, cursor.rest());
        let Some(index) = cursor.name() else { return };
        let table = look.state.table_of_index(&index);
        // That of a table without a schema was told of then.
        if index.schema.is_none() && table.is_none_or(|table| table.schema.is_some()) {
            let message = format!("`{}` has no schema: search_path decides which index that is", index.name);
            let range = range_of(look.statement, at, 1);
            let hit = Hit::at("require-table-schema", range.clone(), message);
            hits.push(match table.and_then(|table| table.schema.as_ref()) {
                Some(schema) => hit.fixed_by(range.start..range.start, format!("{schema}.")),
                None => hit,
            });
        }
        if !cursor.eat_any(&[",", "attach partition"]) {
            return;
        }
    }
}

pub(super) fn too_long(statement: &Piece<'_>, hits: &mut Vec<Hit>) {
    // Most names are far from it; a string is no name.
    let long = |token: &&str| token.len() > LONGEST && fold(token).is_some_and(|name| name.len() > LONGEST);
    for (index, token) in statement.tokens.iter().enumerate().filter(|(_, token)| long(token)) {
        let name = fold(token).unwrap_or_default();
        let kept = &name[..name.floor_char_boundary(LONGEST)];
        let message = format!("a name of {} bytes, of which PostgreSQL keeps `{kept}`", name.len());
        hits.push(Hit::on("identifier-too-long", statement, index, 1, message));
    }
}
