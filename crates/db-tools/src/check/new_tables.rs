//! The order in which new tables can be made: PostgreSQL wants what a foreign key refers to before it.

use std::collections::{BTreeMap, BTreeSet};

use crate::logical::Logical;

/// The tables that `others` have and `there` lacks, each behind those that it refers to.
pub(super) fn order(there: &Logical, others: &[&Logical]) -> Vec<String> {
    let mut needs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, table) in others.iter().flat_map(|other| &other.tables) {
        if !there.tables.contains_key(name) {
            let referred = || table.foreign_keys.values().map(|key| key.table.as_str()).collect();
            needs.entry(name).or_insert_with(referred);
        }
    }
    by_need(needs).into_iter().map(str::to_owned).collect()
}

/// Each behind those of them that it needs. Of some that need each other in a circle, the first by name begins.
pub(super) fn by_need<T: Ord + Copy>(mut needs: BTreeMap<T, BTreeSet<T>>) -> Vec<T> {
    let mut ordered = Vec::with_capacity(needs.len());
    while let Some(first) = needs.keys().next().copied() {
        let is_free =
            |(one, needed): &(&T, &BTreeSet<T>)| needed.iter().all(|other| other == *one || !needs.contains_key(other));
        let next = needs.iter().find(is_free).map_or(first, |(one, _)| *one);
        needs.remove(&next);
        ordered.push(next);
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logical::{Action, ForeignKey, Source, Table};

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
