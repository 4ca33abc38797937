//! Full-text indexes over tables of SQLite: they hold no copy of the rows, and find them by their rowids.

use crate::introspect::{Schema, Table};
use crate::scratch::quote;

/// What fills the full-text indexes over `table` again, once its rows have other rowids.
pub(super) fn refills(schema: &Schema, table: &str) -> Vec<String> {
    let over =
        schema.tables.iter().filter(|(_, search)| content(search).is_some_and(|over| over == table.to_lowercase()));
    over.map(|(name, _)| refill(&name.name)).collect()
}

/// What fills `search` once it was made anew; nothing where it is over no table.
pub(super) fn refilled(name: &str, search: &Table) -> Option<String> {
    content(search).map(|_| refill(name))
}

fn refill(search: &str) -> String {
    let search = quote(search);
    format!("INSERT INTO {search} ({search}) VALUES ('rebuild')")
}

/// The table that the rows are in: `content = 'items'`. One of the empty name is none.
fn content(search: &Table) -> Option<String> {
    let definition = search.definition.as_ref()?.to_lowercase();
    let words: String = definition.split_whitespace().collect();
    let behind = words.split_once("content=")?.1;
    let name: String =
        behind.trim_start_matches(['\'', '"']).chars().take_while(|one| !"'\",)".contains(*one)).collect();
    Some(name).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_with_the_rows_is_read() {
        let of = |definition: &str| content(&Table { definition: Some(definition.to_owned()), ..Table::default() });
        assert_eq!(of("create virtual table s using fts5(a, content = 'items')").as_deref(), Some("items"));
        assert_eq!(
            of("create virtual table s using fts5(a, content=Items, content_rowid=id)").as_deref(),
            Some("items")
        );
        assert_eq!(of("create virtual table s using fts5(a, content = '')"), None);
        assert_eq!(of("create virtual table s using rtree(id, low, high)"), None);
    }
}
