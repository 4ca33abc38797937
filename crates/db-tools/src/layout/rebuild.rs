//! SQLite tables that a file builds anew.
//!
//! Most tools leave foreign keys off, as SQLite does by itself; here they are on, and the DROP of the old table would take
//! the rows of its children along.

use atriz_db::migrate::{Piece, Word, pieces};

/// Whether `sql` drops a table whose name it gives to another, before or after.
pub(super) fn builds_anew(sql: &str) -> bool {
    // Text that cannot be split is refused with its line further on.
    let statements = pieces(sql).unwrap_or_default();
    let dropped: Vec<String> = statements.iter().filter_map(dropped).collect();
    statements.iter().filter_map(renamed_to).any(|name| dropped.contains(&name))
}

fn dropped(statement: &Piece<'_>) -> Option<String> {
    let words: [Word; 5] = std::array::from_fn(|index| statement.word(index));
    match words.each_ref().map(Word::as_str) {
        ["drop", "table", "if", "exists", name] | ["drop", "table", name, ..] => Some(bare(name)),
        _ => None,
    }
}

fn renamed_to(statement: &Piece<'_>) -> Option<String> {
    let words: [Word; 6] = std::array::from_fn(|index| statement.word(index));
    match words.each_ref().map(Word::as_str) {
        ["alter", "table", _, "rename", "to", name] => Some(bare(name)),
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
        assert!(!builds_anew("DROP TABLE t; ALTER TABLE n RENAME TO m;"));
        assert!(!builds_anew("DROP TABLE t; ALTER TABLE n RENAME COLUMN a TO t;"));
    }
}
