//! A table with a difference taken out of it.

use super::Wanted;
use crate::logical::{Action, Column, Difference, DifferenceKind as Kind, ForeignKey, Index, Source, Table};

/// `table` with what `one` is about as `wanted` has it; nothing where `wanted` does not tell.
pub(super) fn applied(one: &Difference, table: &Table, wanted: Wanted<'_>) -> Option<Table> {
    let mut table = table.clone();
    let goal = wanted.logical.tables.get(&one.object.table)?;
    let name = one.object.name.as_deref().unwrap_or_default();
    match one.kind {
        Kind::ColumnMissing => insert(&mut table, goal, goal.column(name)?.clone()),
        Kind::TypeDiffers
        | Kind::NullableDiffers
        | Kind::DefaultDiffers
        | Kind::GeneratedDiffers
        | Kind::CollationDiffers
        | Kind::IdentityDiffers => {
            let goal = goal.column(name)?;
            let column = table.columns.iter_mut().find(|column| column.name == name)?;
            take(one.kind, column, goal);
            if one.kind == Kind::TypeDiffers {
                // The column says its type with a CHECK of its own.
                table.checks.remove(&format!("ck_{}_{name}_type", one.object.table));
            }
        }
        Kind::SchemaDiffers => table.schema.clone_from(&goal.schema),
        Kind::OrderDiffers => {
            let place = |column: &Column| goal.columns.iter().position(|one| one.name == column.name);
            table.columns.sort_by_key(|column| place(column).unwrap_or(usize::MAX));
        }
        Kind::PrimaryKeyDiffers => table.primary_key.clone_from(&goal.primary_key),
        Kind::IndexMissing | Kind::IndexDiffers => {
            table.indexes.insert(name.to_owned(), goal.indexes.get(name).cloned()?);
        }
        Kind::ForeignKeyMissing | Kind::ForeignKeyDiffers => {
            let goal = goal.foreign_keys.get(name).or_else(|| {
                // Entities give names of their own.
                let own = table.foreign_keys.get(name)?;
                goal.foreign_keys.values().find(|goal| goal.columns == own.columns && goal.table == own.table)
            })?;
            let goal = ForeignKey { on_delete: refusal(table.foreign_keys.get(name), goal, wanted), ..goal.clone() };
            table.foreign_keys.insert(name.to_owned(), goal);
        }
        Kind::CheckMissing | Kind::CheckDiffers => {
            table.checks.insert(name.to_owned(), goal.checks.get(name).cloned()?);
        }
        Kind::NameDiffers => rename(one, &mut table, goal)?,
        _ => return None,
    }
    Some(table)
}

/// What a key does on delete. SQLite says NO ACTION for both ways to refuse, so PostgreSQL keeps its own.
fn refusal(own: Option<&ForeignKey>, goal: &ForeignKey, wanted: Wanted<'_>) -> Action {
    match own.map(|own| own.on_delete) {
        _ if wanted.logical.source != Source::Sqlite || goal.on_delete != Action::NoAction => goal.on_delete,
        Some(Action::NoAction) => Action::NoAction,
        _ => Action::Restrict,
    }
}

/// Behind the column that it follows in the other table.
fn insert(table: &mut Table, goal: &Table, column: Column) {
    let place = goal.columns.iter().position(|one| one.name == column.name).unwrap_or_default();
    let before = goal.columns[..place]
        .iter()
        .rev()
        .find_map(|before| table.columns.iter().position(|one| one.name == before.name).map(|place| place + 1));
    table.columns.insert(before.unwrap_or(0), column);
}

fn take(kind: Kind, column: &mut Column, goal: &Column) {
    match kind {
        Kind::TypeDiffers => column.kind = goal.kind.clone(),
        Kind::NullableDiffers => column.nullable = goal.nullable,
        Kind::DefaultDiffers => column.default.clone_from(&goal.default),
        Kind::GeneratedDiffers => column.generated.clone_from(&goal.generated),
        Kind::CollationDiffers => column.collation.clone_from(&goal.collation),
        _ => column.identity = goal.identity,
    }
}

/// The names of the two sides of a thing that has two: that of the folder to mend, and the one it should have.
pub(super) fn names<'a>(one: &'a Difference, goal: &Table) -> Option<(&'a str, &'a str)> {
    let (left, right) = (one.left.as_deref()?, one.right.as_deref()?);
    let has = |name: &str| {
        goal.indexes.contains_key(name)
            || goal.foreign_keys.contains_key(name)
            || goal.checks.contains_key(name)
            || goal.exclusions.contains_key(name)
            || goal.triggers.contains_key(name)
            || goal.primary_key.as_ref().is_some_and(|key| key.name.as_deref() == Some(name))
    };
    Some(if has(left) { (right, left) } else { (left, right) })
}

fn rename(one: &Difference, table: &mut Table, goal: &Table) -> Option<()> {
    let (old, new) = names(one, goal)?;
    match one.object.sort {
        "index" => {
            let index = table.indexes.remove(old)?;
            table.indexes.insert(new.to_owned(), index);
        }
        "foreign key" => {
            let key = table.foreign_keys.remove(old)?;
            table.foreign_keys.insert(new.to_owned(), key);
        }
        "check" => {
            let check = table.checks.remove(old)?;
            table.checks.insert(new.to_owned(), check);
        }
        _ => table.primary_key.as_mut()?.name = Some(new.to_owned()),
    }
    Some(())
}

/// Whether an index stands by itself, so that it can be dropped and made.
pub(super) fn stands_alone(index: &Index) -> bool {
    !index.constraint
}
