//! Indexes, foreign keys and CHECKs.

use std::collections::{BTreeMap, BTreeSet};

use super::table::Pair;
use super::{DifferenceKind as Kind, Object, Sides, words};
use crate::logical::{Action, Check, ForeignKey, Index, Source, Table, expression};

/// Between engines: what has one name is the same thing.
pub(super) fn by_name(pair: &mut Pair<'_>) {
    let (left, right, sides) = (pair.left, pair.right, pair.sides);
    let kinds = (Kind::IndexMissing, Kind::IndexDiffers);
    named(pair, "index", kinds, [&left.indexes, &right.indexes], words::index, |index| words::index(&ordered(index)));
    let kinds = (Kind::ForeignKeyMissing, Kind::ForeignKeyDiffers);
    let words = |key: &ForeignKey| words::foreign_key(&folded(key, sides));
    named(pair, "foreign key", kinds, [&left.foreign_keys, &right.foreign_keys], words, words);
    let kinds = (Kind::CheckMissing, Kind::CheckDiffers);
    let words = |check: &Check| check.expression.clone();
    named(pair, "check", kinds, [&left.checks, &right.checks], words, |check| expression::ordered(&check.expression));
    let kinds = (Kind::ExclusionMissing, Kind::ExclusionMissing);
    named(pair, "exclusion", kinds, [&left.exclusions, &right.exclusions], Clone::clone, Clone::clone);
}

/// An index with its conditions in one order: `a and b` leaves out the same rows as `b and a`.
fn ordered(index: &Index) -> Index {
    let mut index = index.clone();
    index.predicate = index.predicate.as_deref().map(expression::ordered);
    index
}

/// SQLite says NO ACTION where PostgreSQL says RESTRICT: there RESTRICT has an error code of its own.
fn folded(key: &ForeignKey, sides: Sides) -> ForeignKey {
    let fold = |action: Action| match action {
        Action::Restrict if sides.has(Source::Sqlite) => Action::NoAction,
        action => action,
    };
    ForeignKey { on_delete: fold(key.on_delete), on_update: fold(key.on_update), ..key.clone() }
}

fn named<T>(
    pair: &mut Pair<'_>,
    sort: &'static str,
    (missing, differs): (Kind, Kind),
    sides: [&BTreeMap<String, T>; 2],
    words: impl Fn(&T) -> String,
    meaning: impl Fn(&T) -> String,
) {
    let [left, mut right] = sides
        .map(|things| -> BTreeMap<&str, &T> { things.iter().map(|(name, thing)| (name.as_str(), thing)).collect() });
    let is_same = |one: &T, other: &T| words(one) == words(other) || meaning(one) == meaning(other);
    let table = pair.name.to_owned();
    let object = |name: &str| Object::of(sort, &table, name);
    let mut alone = Vec::new();
    for (name, one) in left {
        match right.remove(name) {
            Some(other) if is_same(one, other) => {}
            Some(other) => pair.tell(differs, object(name), Some(words(one)), Some(words(other))),
            None => alone.push((name, one)),
        }
    }
    for (name, one) in alone {
        let twin = right.iter().find(|(_, other)| is_same(one, other)).map(|(name, _)| *name);
        if let Some(twin) = twin {
            right.remove(twin);
            // SQLite gives no name where the migration gave none.
            if !name.starts_with('(') && !twin.starts_with('(') {
                pair.tell(Kind::NameDiffers, object(name), Some(name.to_owned()), Some(twin.to_owned()));
            }
        } else {
            pair.tell(missing, object(name), Some(words(one)), None);
        }
    }
    for (name, other) in right {
        pair.tell(missing, object(name), None, Some(words(other)));
    }
}

/// Against entities: what is about the same columns is the same thing, whatever it is called.
pub(super) fn by_columns(pair: &mut Pair<'_>) {
    unique_keys(pair);
    plain_indexes(pair);
    foreign_keys(pair);
}

/// The columns of a key, in any order: an entity lists them as its fields come.
fn columns(index: &Index) -> BTreeSet<&str> {
    index.keys.iter().map(|key| key.key.as_str()).collect()
}

/// Whether an entity could say it.
fn is_plain(index: &Index) -> bool {
    index.predicate.is_none() && !index.nulls_not_distinct && index.keys.iter().all(|key| !key.expression)
}

fn unique_keys(pair: &mut Pair<'_>) {
    let (left, right) = (pair.left, pair.right);
    for (own, other, is_left) in [(left, right, true), (right, left, false)] {
        let unique = |table: &Table| -> BTreeSet<BTreeSet<String>> {
            let found = table.indexes.values().filter(|index| index.unique && is_plain(index));
            found.map(|index| columns(index).into_iter().map(str::to_owned).collect()).collect()
        };
        let theirs = unique(other);
        for (name, index) in own.indexes.iter().filter(|(_, index)| index.unique && is_plain(index)) {
            let columns: BTreeSet<String> = columns(index).into_iter().map(str::to_owned).collect();
            if !theirs.contains(&columns) {
                tell(pair, Kind::IndexMissing, Object::of("index", pair.name, name), words::index(index), is_left);
            }
        }
    }
}

/// An index that an entity asks for must be there; one that it is silent about may be.
fn plain_indexes(pair: &mut Pair<'_>) {
    let is_left = pair.sides.left == Source::Entities;
    let (entity, folder) = if is_left { (pair.left, pair.right) } else { (pair.right, pair.left) };
    let leading: BTreeSet<&str> =
        folder.indexes.values().filter_map(|index| index.keys.first()).map(|key| key.key.as_str()).collect();
    for (name, index) in entity.indexes.iter().filter(|(_, index)| !index.unique) {
        if !index.keys.iter().all(|key| leading.contains(key.key.as_str())) {
            tell(pair, Kind::IndexMissing, Object::of("index", pair.name, name), words::index(index), is_left);
        }
    }
}

fn foreign_keys(pair: &mut Pair<'_>) {
    let (left, right, sides) = (pair.left, pair.right, pair.sides);
    let target = |key: &ForeignKey| (key.columns.clone(), key.table.clone(), key.referenced.clone());
    let by_target = |table: &Table| -> BTreeMap<_, (String, String)> {
        let keys = table.foreign_keys.iter();
        keys.map(|(name, key)| (target(key), (name.clone(), words::foreign_key(&folded(key, sides))))).collect()
    };
    let (ours, mut theirs) = (by_target(left), by_target(right));
    for (target, (name, one)) in ours {
        match theirs.remove(&target) {
            Some((_, other)) if one == other => {}
            Some((twin, other)) => {
                // The folder's name is the one that SQL knows.
                let name = if sides.left == Source::Entities { twin } else { name };
                let object = Object::of("foreign key", pair.name, &name);
                pair.tell(Kind::ForeignKeyDiffers, object, Some(one), Some(other));
            }
            None => tell(pair, Kind::ForeignKeyMissing, Object::of("foreign key", pair.name, &name), one, true),
        }
    }
    for (name, other) in theirs.into_values() {
        tell(pair, Kind::ForeignKeyMissing, Object::of("foreign key", pair.name, &name), other, false);
    }
}

fn tell(pair: &mut Pair<'_>, kind: Kind, object: Object, words: String, is_left: bool) {
    let (left, right) = if is_left { (Some(words), None) } else { (None, Some(words)) };
    pair.tell(kind, object, left, right);
}
