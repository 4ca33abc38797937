//! SQLite: indexes and triggers by themselves, all else by building the table anew.

use atriz_db::Engine;

use super::apply::{applied, names, stands_alone};
use super::part::Edit;
use super::postgres::by_hand;
use super::spell::{column, create_index, foreign_key, is_collation, list, quoted, written_columns};
use super::{Part, Side, Wanted, said};
use crate::check::full_text;
use crate::check::in_the_way::mentions;
use crate::logical::{Difference, DifferenceKind as Kind, Index, IndexKey, Table, Trigger, expression};

const ENGINE: Engine = Engine::Sqlite;

/// What makes `side` what `wanted` is.
pub(super) fn parts<'a>(one: &Difference, side: Side<'a>, wanted: Wanted<'a>) -> Vec<Part<'a>> {
    let found =
        if one.kind == Kind::TableMissing { create(one, &side, wanted).map(said) } else { alter(one, side, wanted) };
    found.unwrap_or_else(|| said(by_hand(one, wanted)))
}

fn create(one: &Difference, side: &Side<'_>, wanted: Wanted<'_>) -> Option<Vec<String>> {
    let name = &one.object.table;
    let goal = wanted.logical.tables.get(name)?;
    let mut sql = vec![definition(side, name, goal, name)];
    sql.extend(indexes(name, goal));
    if goal.column("updated_at").is_some() {
        sql.extend(fill(name, goal));
    }
    Some(sql)
}

/// A change of a table as one part, with the statements that make it where the table is not built anew anyway.
pub(super) fn edit<'a>(
    side: Side<'a>,
    table: &str,
    alone: Option<Vec<String>>,
    change: impl Fn(&Table) -> Option<Table> + 'a,
) -> Vec<Part<'a>> {
    vec![Part::Edit(Edit { side, table: table.to_owned(), change: Box::new(change), alone })]
}

fn alter<'a>(one: &Difference, side: Side<'a>, wanted: Wanted<'a>) -> Option<Vec<Part<'a>>> {
    let name = &one.object.table;
    let own = side.table(name)?;
    if one.object.sort == "trigger" {
        return trigger(one, side, own, wanted);
    }
    let goal = applied(one, own, wanted)?;
    let part = one.object.name.as_deref().unwrap_or_default();
    let alone = match one.kind {
        Kind::IndexMissing | Kind::IndexDiffers => {
            let (before, after) = (own.indexes.get(part), goal.indexes.get(part)?);
            if is_unspeakable(after) {
                return Some(said(unspeakable(one)));
            }
            before.is_none_or(stands_alone).then(|| index(name, part, before.map(|_| part), after))
        }
        Kind::NameDiffers if one.object.sort == "index" => {
            let (old, new) = names(one, wanted.logical.tables.get(name)?)?;
            let index_now = own.indexes.get(old)?;
            stands_alone(index_now).then(|| index(name, new, Some(old), index_now))
        }
        Kind::CollationDiffers if !goal.column(part)?.collation.as_deref().is_none_or(is_collation) => return None,
        // A column without a value for the rows that are there can be added only in the same place, at the end.
        Kind::ColumnMissing if goal.columns.last().is_some_and(|last| last.name == part) => {
            let added = goal.column(part)?;
            let can = added.generated.is_none() && (added.nullable || added.default.is_some());
            can.then(|| vec![format!("ALTER TABLE {} ADD COLUMN {}", quoted(name), column(ENGINE, name, added))])
        }
        _ => None,
    };
    let one = one.clone();
    Some(edit(side, name, alone, move |table| applied(&one, table, wanted)))
}

/// What only PostgreSQL can say of an index.
fn is_unspeakable(index: &Index) -> bool {
    let odd = |key: &IndexKey| {
        key.nulls_moved || key.operator_class.is_some() || !key.collation.as_deref().is_none_or(is_collation)
    };
    index.method.is_some() || index.nulls_not_distinct || !index.include.is_empty() || index.keys.iter().any(odd)
}

/// A trigger for the purpose, or of the name, that the other side has.
fn trigger<'a>(one: &Difference, side: Side<'a>, own: &Table, wanted: Wanted<'_>) -> Option<Vec<Part<'a>>> {
    let (name, trigger) = (&one.object.table, one.object.name.as_deref()?);
    let (old, new, definition) = if one.kind == Kind::NameDiffers {
        let (old, new) = names(one, wanted.logical.tables.get(name)?)?;
        (old.to_owned(), new.to_owned(), renamed_trigger(own, old, new)?)
    } else {
        let purpose = one.left.as_deref().or(one.right.as_deref()).unwrap_or_default();
        let made = match purpose.strip_prefix("refuses ") {
            Some(event) => refuse(name, trigger, event),
            None => Some(fill(name, own)).filter(|_| purpose == "fills updated_at")?,
        };
        (trigger.to_owned(), trigger.to_owned(), made.concat())
    };
    Some(retriggered(side, name, own, old, new, definition))
}

/// The statement that makes a trigger under another name.
fn renamed_trigger(own: &Table, old: &str, new: &str) -> Option<String> {
    let definition = &own.triggers.get(old)?.definition;
    Some(definition.replacen(&quoted(old), &quoted(new), 1))
}

/// Gives a trigger another name.
pub(super) fn rename_trigger<'a>(side: &Side<'a>, table: &str, own: &Table, old: &str, new: &str) -> Vec<Part<'a>> {
    let definition = renamed_trigger(own, old, new).unwrap_or_default();
    retriggered(*side, table, own, old.to_owned(), new.to_owned(), definition)
}

/// Puts a trigger in the place of another one.
fn retriggered<'a>(
    side: Side<'a>,
    table: &str,
    own: &Table,
    old: String,
    new: String,
    definition: String,
) -> Vec<Part<'a>> {
    let gone = own.triggers.contains_key(&old).then(|| format!("DROP TRIGGER {}", quoted(&old)));
    let alone = gone.into_iter().chain([definition.clone()]).collect();
    edit(side, table, Some(alone), move |table| {
        let mut table = table.clone();
        let purposes = table.triggers.remove(&old).map(|old| old.purposes).unwrap_or_default();
        table.triggers.insert(new.clone(), Trigger { purposes, definition: definition.clone() });
        Some(table)
    })
}

/// What SQLite has nothing for, so that the other side gives way or the difference stays.
fn unspeakable(one: &Difference) -> Vec<String> {
    let mut lines =
        vec!["-- SQLite has no such index: change the one on PostgreSQL, or declare the difference:".to_owned()];
    let entry = [
        "[[difference]]".to_owned(),
        format!("object = \"{}\"", one.object),
        format!("kind = \"{}\"", one.kind.name()),
    ];
    lines.extend(entry.into_iter().chain(["why = \"…\"".to_owned()]).map(|line| format!("--   {line}")));
    lines
}

pub(super) fn index(table: &str, name: &str, old: Option<&str>, index: &Index) -> Vec<String> {
    let drop = old.map(|old| format!("DROP INDEX {}", quoted(old)));
    drop.into_iter().chain([create_index(ENGINE, &quoted(table), name, index)]).collect()
}

/// All that a table has, made anew under another name, filled, and put in the place of the old one. The file that holds
/// it must say so, for foreign keys have to be off before its transaction begins.
pub(super) fn rebuild(side: &Side<'_>, name: &str, own: &Table, goal: &Table) -> Vec<String> {
    let new = format!("{name}_new");
    let kept: Vec<String> = written_columns(goal).into_iter().filter(|column| own.column(column).is_some()).collect();
    let around = Around::of(side, name);
    let mut sql = vec!["-- atriz: rebuild".to_owned()];
    sql.extend(around.drops);
    sql.push(definition(side, name, goal, &new));
    let (own_name, new_name) = (quoted(name), quoted(&new));
    sql.push(format!("INSERT INTO {new_name} ({0}) SELECT {0} FROM {own_name}", list(&kept)));
    sql.push(format!("DROP TABLE {own_name}"));
    sql.push(format!("ALTER TABLE {new_name} RENAME TO {own_name}"));
    sql.extend(indexes(name, goal));
    sql.extend(goal.triggers.values().map(|trigger| trigger.definition.clone()));
    sql.extend(around.makes);
    sql.extend(full_text::refills(side.schema, name));
    sql
}

/// Views, and triggers of other tables, that read a table: its new name is refused while they look for it in vain.
struct Around {
    drops: Vec<String>,
    makes: Vec<String>,
}

impl Around {
    fn of(side: &Side<'_>, table: &str) -> Self {
        let mut around = Self { drops: Vec::new(), makes: Vec::new() };
        let mut names = vec![table.to_owned()];
        let mut place = 0;
        // What reads a view that reads the table is in the way too.
        while let Some(read) = names.get(place).cloned() {
            place += 1;
            for (view, definition) in &side.schema.views {
                if !names.contains(&view.name) && mentions(&definition.definition, &read) {
                    names.push(view.name.clone());
                    around.drops.insert(0, format!("DROP VIEW {}", quoted(&view.name)));
                    around.makes.push(definition.definition.clone());
                }
            }
        }
        let others = side.schema.tables.iter().filter(|(other, _)| other.name != table);
        for (trigger, one) in others.flat_map(|(_, other)| &other.triggers) {
            if names.iter().any(|name| mentions(&one.definition, name)) {
                around.drops.insert(0, format!("DROP TRIGGER {}", quoted(trigger)));
                around.makes.push(one.definition.clone());
            }
        }
        around
    }
}

/// The indexes that stand by themselves.
fn indexes(table: &str, goal: &Table) -> Vec<String> {
    let alone = goal.indexes.iter().filter(|(_, index)| stands_alone(index) || index.predicate.is_some());
    alone.map(|(name, index)| create_index(ENGINE, &quoted(table), name, index)).collect()
}

/// `CREATE TABLE`. What the table has already keeps the words it has.
fn definition(side: &Side<'_>, name: &str, goal: &Table, called: &str) -> String {
    let own = side.own(name);
    let has = |word: &str| own.is_some_and(|own| own.options.iter().any(|option| option == word));
    let is_rowid = |one: &crate::logical::Column| {
        one.identity && goal.primary_key.as_ref().is_some_and(|key| key.columns == [one.name.clone()])
    };
    let key_name = |key: &crate::logical::PrimaryKey| quoted(&key.name.clone().unwrap_or_else(|| format!("pk_{name}")));
    let mut parts: Vec<String> = goal
        .columns
        .iter()
        .map(|one| match &goal.primary_key {
            Some(key) if is_rowid(one) => {
                let counted = if has("autoincrement") { " AUTOINCREMENT" } else { "" };
                format!("{} INTEGER NOT NULL CONSTRAINT {} PRIMARY KEY{counted}", quoted(&one.name), key_name(key))
            }
            _ => column(ENGINE, name, one),
        })
        .collect();
    let rowid = goal.columns.iter().any(is_rowid);
    if let Some(key) = goal.primary_key.as_ref().filter(|_| !rowid) {
        parts.push(format!("CONSTRAINT {} PRIMARY KEY ({})", key_name(key), list(&key.columns)));
    }
    for (unique, index) in goal.indexes.iter().filter(|(_, index)| !stands_alone(index) && index.predicate.is_none()) {
        let columns: Vec<String> = index.keys.iter().map(|key| key.key.clone()).collect();
        parts.push(constraint(unique, &format!("UNIQUE ({})", list(&columns))));
    }
    parts.extend(goal.foreign_keys.iter().map(|(name, key)| constraint(name, &foreign_key(ENGINE, "", key))));
    for (check, goal) in &goal.checks {
        let same = side.table(name).and_then(|table| table.checks.get(check)) == Some(goal);
        let own = own.and_then(|own| own.checks.get(check)).filter(|_| same);
        let spelt = own.map_or_else(|| expression::spelt(&goal.expression, ENGINE), |own| own.expression.clone());
        parts.push(constraint(check, &format!("CHECK ({spelt})")));
    }
    let without_rowid = if own.is_some() { goal.without_rowid } else { wants_no_rowid(goal) };
    let options = if without_rowid { "STRICT, WITHOUT ROWID" } else { "STRICT" };
    format!("CREATE TABLE {} (\n    {}\n) {options}", quoted(called), parts.join(",\n    "))
}

/// Whether the rows of a table stand best in its key: one of several columns would else be stored twice.
pub(in crate::check) fn wants_no_rowid(table: &Table) -> bool {
    table.primary_key.as_ref().is_some_and(|key| key.columns.len() > 1)
}

/// A name in parentheses stands for none.
fn constraint(name: &str, what: &str) -> String {
    if name.starts_with('(') { what.to_owned() } else { format!("CONSTRAINT {} {what}", quoted(name)) }
}

/// A trigger that refuses every change of one kind.
fn refuse(table: &str, trigger: &str, event: &str) -> Vec<String> {
    vec![format!(
        "CREATE TRIGGER {} BEFORE {} ON {}\nFOR EACH ROW\nBEGIN\n    SELECT RAISE(ABORT, '{}: rows of {} are never \
         changed so');\nEND",
        quoted(trigger),
        event.replacen("update", "UPDATE", 1).replacen("delete", "DELETE", 1).replacen("insert", "INSERT", 1),
        quoted(table),
        trigger.replace('\'', "''"),
        table.replace('\'', "''")
    )]
}

/// The same trigger for a table that has none.
pub(super) fn filled<'a>(side: &Side<'a>, name: &str, own: &Table) -> Vec<Part<'a>> {
    let trigger = format!("trg_{name}_updated_at");
    retriggered(*side, name, own, trigger.clone(), trigger, fill(name, own).concat())
}

/// The trigger that fills `updated_at`.
pub(super) fn fill(name: &str, table: &Table) -> Vec<String> {
    let key = table.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
    let row: Vec<String> = key.iter().map(|column| format!("{0} = NEW.{0}", quoted(column))).collect();
    let row = if row.is_empty() { "rowid = NEW.rowid".to_owned() } else { row.join(" AND ") };
    vec![format!(
        "CREATE TRIGGER {} AFTER UPDATE ON {table}\nFOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at\nBEGIN\n    \
         UPDATE {table} SET updated_at = strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000+00:00'\n    WHERE {row};\nEND",
        quoted(&format!("trg_{name}_updated_at")),
        table = quoted(name)
    )]
}
