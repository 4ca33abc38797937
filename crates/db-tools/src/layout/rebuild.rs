//! SQLite tables that a file builds anew.
//!
//! Most tools leave foreign keys off, as SQLite does by itself; here they are on, and the DROP of the old table would take
//! the rows of its children along.

use atriz_db::migrate::{Piece, Word, pieces};

/// Whether `sql` puts a table into the place of one that it drops: under another name first, or with the old one under
/// another name meanwhile.
pub(super) fn builds_anew(sql: &str) -> bool {
    // Text that cannot be split is refused with its line further on.
    let statements = pieces(sql).unwrap_or_default();
    let dropped = |of: &[Piece<'_>], name: &String| of.iter().filter_map(dropped).any(|gone| gone == *name);
    // A table of this name comes again: made anew, or another one that takes it over.
    let comes = |name: &String| {
        statements.iter().filter_map(created).any(|new| new == *name)
            || statements.iter().filter_map(renamed).any(|(_, new)| new == *name)
    };
    statements.iter().enumerate().any(|(at, statement)| {
        renamed(statement).is_some_and(|(old, new)| {
            dropped(&statements[..at], &new) || (comes(&old) && dropped(&statements[at..], &new))
        })
    })
}

fn words<const COUNT: usize>(statement: &Piece<'_>) -> [Word; COUNT] {
    std::array::from_fn(|index| statement.word(index))
}

fn dropped(statement: &Piece<'_>) -> Option<String> {
    match words::<5>(statement).each_ref().map(Word::as_str) {
        ["drop", "table", "if", "exists", name] | ["drop", "table", name, ..] => Some(bare(name)),
        _ => None,
    }
}

fn created(statement: &Piece<'_>) -> Option<String> {
    match words::<6>(statement).each_ref().map(Word::as_str) {
        ["create", "table", "if", "not", "exists", name] | ["create", "table", name, ..] => Some(bare(name)),
        _ => None,
    }
}

/// What a table was called, and is called from then on.
fn renamed(statement: &Piece<'_>) -> Option<(String, String)> {
    match words::<6>(statement).each_ref().map(Word::as_str) {
        ["alter", "table", old, "rename", "to", new] => Some((bare(old), bare(new))),
        _ => None,
    }
}

/// A name without its quotes.
fn bare(name: &str) -> String {
    name.trim_matches(['"', '`', '\'', '[', ']']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_built_anew_is_known() {
        assert!(builds_anew("CREATE TABLE n (a); DROP TABLE \"t\"; ALTER TABLE n RENAME TO t;"));
        assert!(builds_anew("ALTER TABLE t RENAME TO old; CREATE TABLE t (a); DROP TABLE IF EXISTS old;"));
        let twice = "ALTER TABLE t RENAME TO old; CREATE TABLE n (a); DROP TABLE old; ALTER TABLE n RENAME TO t;";
        assert!(builds_anew(twice));
        assert!(!builds_anew("DROP TABLE t; ALTER TABLE n RENAME TO m;"));
        assert!(!builds_anew("DROP TABLE t; ALTER TABLE n RENAME COLUMN a TO t;"));
        assert!(!builds_anew("ALTER TABLE t RENAME TO old; CREATE TABLE u (a); DROP TABLE old;"));
    }
}
