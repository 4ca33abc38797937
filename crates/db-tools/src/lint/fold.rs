//! Going through the files in order, with what the ones before made.

use atriz_db::Engine;
use atriz_db::migrate::Direction;

use super::check::{self, Look, is_new};
use super::file::File;
use super::folder::LintFolder;
use super::hit::Hit;
use super::seen::Seen;
use super::squawk::{Build, Known};
use super::state::State;
use crate::plan::Name;
use crate::plan::cursor::{Cursor, has};

/// Goes through the files in order, statement by statement, and answers what is known of each.
pub(super) fn fold(folder: &LintFolder, files: &mut [File<'_>]) -> Vec<Vec<Known>> {
    let mut state = State::default();
    let mut all = Vec::with_capacity(files.len());
    for (index, file) in files.iter_mut().enumerate() {
        let mut seen = std::mem::take(&mut file.seen);
        let (known, hits) = fold_file(folder, file, &mut seen, index, &mut state);
        file.hits.extend(hits);
        all.push(known);
    }
    for (file, hit) in check::unindexed(&state, files) {
        files[file].hits.push(hit);
    }
    all
}

fn fold_file<'t>(
    folder: &LintFolder,
    file: &File<'t>,
    seen: &mut [Seen],
    index: usize,
    state: &mut State<'t>,
) -> (Vec<Known>, Vec<Hit>) {
    let (mut known, mut hits) = (Vec::with_capacity(seen.len()), Vec::new());
    for (number, statement) in file.statements.iter().enumerate() {
        if let Some(seen) = seen.get_mut(number) {
            let mentions = &seen.mentions;
            let new = is_new(statement, mentions, state);
            let look = Look { folder, file, statement, mentions, state, new };
            hits.extend(check::statement(&look, std::mem::take(&mut seen.hits)));
            known.push(Known { new, proven: is_proven(&look), index: build(&look) });
        }
        if file.direction == Direction::Up {
            state.learn(statement, file.engine, (!file.released).then_some((index, number)));
        }
        if !file.released {
            hits.extend(check::learnt(statement, state, file.engine));
        }
    }
    if !file.released {
        hits.extend(check::file(file, &known.iter().map(|known| known.new).collect::<Vec<_>>()));
    }
    (known, hits)
}

/// Whether `ALTER COLUMN c SET NOT NULL` is proven by a CHECK of an earlier file, for each column it names.
fn is_proven(look: &Look<'_>) -> bool {
    let statement = look.statement;
    if look.file.engine != Engine::Postgres || statement.word(0) != "alter" || !statement.has_word("set") {
        return false;
    }
    let mut cursor = Cursor::new(&statement.tokens);
    cursor.eat("alter table");
    cursor.skip(&["if exists", "only"]);
    let Some(table) = cursor.name() else { return false };
    let mut columns = statement.tokens.windows(4).filter_map(|words| {
        let mut cursor = Cursor::new(words);
        let column = cursor.ident()?;
        cursor.sees("set not null").then_some(column)
    });
    columns.all(|column| look.state.is_proven(&table, &column))
}

fn build(look: &Look<'_>) -> Build {
    if is_of_parent(look) {
        Build::Parent
    } else if is_concurrent(look) {
        Build::Concurrent
    } else {
        Build::AsSaid
    }
}

/// Whether it makes an index ON ONLY a table with partitions, which reads no row, or drops one of such tables: CONCURRENTLY
/// cannot be said there.
fn is_of_parent(look: &Look<'_>) -> bool {
    let statement = look.statement;
    let only = statement.word(0) == "create" && has(&statement.tokens, "on only");
    let parted = |table: &Name| look.state.table(table).is_some_and(|table| table.partitioned);
    let mut cursor = Cursor::new(&statement.tokens);
    if cursor.eat("drop index") {
        cursor.eat("if exists");
        let of_parent = |index: &Name| look.state.table_of_index(index).is_some_and(parted);
        return cursor.names().is_some_and(|names| names.iter().all(of_parent));
    }
    only && look.mentions.iter().any(|mention| parted(&mention.table))
}

/// Whether CONCURRENTLY changes nothing but how it is built: it is alone in its file, and its table has no partitions.
fn is_concurrent(look: &Look<'_>) -> bool {
    if look.file.statements.len() != 1 {
        return false;
    }
    let mut cursor = Cursor::new(&look.statement.tokens);
    let table = if cursor.eat("drop index") {
        cursor.eat("if exists");
        cursor.name().and_then(|index| look.state.table_of_index(&index).cloned())
    } else {
        look.mentions.first().map(|mention| mention.table.clone())
    };
    let whole = |table| look.state.table(&table).is_some_and(|table| !table.partitioned);
    table.is_some_and(whole)
}
