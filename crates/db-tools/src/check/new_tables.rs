//! The order in which new tables can be made: PostgreSQL wants what a foreign key refers to before it.

use std::collections::BTreeMap;

use crate::logical::{Logical, Table};

/// The tables that `others` have and `there` lacks, each behind those that it refers to. Of some that refer to each other
/// in a circle, the first by name begins.
pub(super) fn order(there: &Logical, others: &[&Logical]) -> Vec<String> {
    let mut left: BTreeMap<&String, &Table> = BTreeMap::new();
    for (name, table) in others.iter().flat_map(|other| &other.tables) {
        if !there.tables.contains_key(name) {
            left.entry(name).or_insert(table);
        }
    }
    let mut ordered = Vec::with_capacity(left.len());
    while let Some(first) = left.keys().next().copied() {
        let is_free = |(name, table): &(&&String, &&Table)| {
            table.foreign_keys.values().all(|key| key.table == ***name || !left.contains_key(&key.table))
        };
        let next = left.iter().find(is_free).map_or(first, |(name, _)| *name);
        left.remove(next);
        ordered.push(next.clone());
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logical::{Action, ForeignKey, Source};

    #[test]
    fn what_is_referred_to_comes_first_and_a_circle_begins_somewhere() {
        let key = |to: &&str| ForeignKey {
            columns: vec!["id".to_owned()],
            table: (*to).to_owned(),
            referenced: vec!["id".to_owned()],
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            matching: None,
            deferrable: None,
        };
        let mut logical = Logical { source: Source::Sqlite, ..Logical::default() };
        for (name, keys) in
            [("a", vec!["z", "a"]), ("b", vec!["c", "there"]), ("c", vec!["d"]), ("d", vec!["b"]), ("z", Vec::new())]
        {
            let foreign_keys = keys.iter().map(|to| (format!("fk_{name}_{to}"), key(to))).collect();
            logical.tables.insert(name.to_owned(), Table { foreign_keys, ..Table::default() });
        }
        let mut there = Logical { source: Source::Postgres, ..Logical::default() };
        there.tables.insert("there".to_owned(), Table::default());
        assert_eq!(order(&there, &[&logical]), ["z", "a", "b", "d", "c"]);
    }
}
