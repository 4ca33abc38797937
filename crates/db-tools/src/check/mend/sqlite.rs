//! SQLite: indexes and triggers by themselves, all else by building the table anew.

use atriz_db::Engine;

use super::apply::{applied, names, stands_alone};
use super::postgres::by_hand;
use super::spell::{column, create_index, foreign_key, list, quoted, written_columns};
use super::{Side, Wanted};
use crate::check::full_text;
use crate::logical::{Difference, DifferenceKind as Kind, Index, Table, expression};

const ENGINE: Engine = Engine::Sqlite;

pub(super) fn statements(one: &Difference, side: &Side<'_>, wanted: Wanted<'_>) -> Vec<String> {
    let found = if one.kind == Kind::TableMissing { create(one, side, wanted) } else { alter(one, side, wanted) };
    found.unwrap_or_else(|| by_hand(one, wanted))
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

fn alter(one: &Difference, side: &Side<'_>, wanted: Wanted<'_>) -> Option<Vec<String>> {
    let name = &one.object.table;
    let own = side.table(name)?;
    if matches!(one.kind, Kind::TriggerMissing | Kind::TriggerDiffers) {
        let trigger = one.object.name.as_deref()?;
        let purpose = one.left.as_deref().or(one.right.as_deref()).unwrap_or_default();
        let made = match purpose.strip_prefix("refuses ") {
            Some(event) => refuse(name, trigger, event),
            None => Some(fill(name, own)).filter(|_| purpose == "fills updated_at")?,
        };
        let gone = own.triggers.contains_key(trigger).then(|| format!("DROP TRIGGER {}", quoted(trigger)));
        return Some(gone.into_iter().chain(made).collect());
    }
    let goal = applied(one, own, wanted)?;
    let part = one.object.name.as_deref().unwrap_or_default();
    match one.kind {
        Kind::IndexMissing | Kind::IndexDiffers => {
            let (before, after) = (own.indexes.get(part), goal.indexes.get(part)?);
            if after.method.is_some() || after.nulls_not_distinct || !after.include.is_empty() {
                return Some(unspeakable(one));
            }
            if before.is_none_or(stands_alone) {
                return Some(index(name, part, before.map(|_| part), after));
            }
        }
        Kind::NameDiffers if one.object.sort == "index" => {
            let (old, new) = names(one, wanted.logical.tables.get(name)?)?;
            let index_now = own.indexes.get(old)?;
            if stands_alone(index_now) {
                return Some(index(name, new, Some(old), index_now));
            }
        }
        // A column without a value for the rows that are there can be added only in the same place, at the end.
        Kind::ColumnMissing if goal.columns.last().is_some_and(|last| last.name == part) => {
            let added = goal.column(part)?;
            if added.generated.is_none() && (added.nullable || added.default.is_some()) {
                return Some(vec![format!("ALTER TABLE {} ADD COLUMN {}", quoted(name), column(ENGINE, name, added))]);
            }
        }
        _ => {}
    }
    Some(rebuild(side, name, own, &goal))
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

fn index(table: &str, name: &str, old: Option<&str>, index: &Index) -> Vec<String> {
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
    let triggers = side.own(name).into_iter().flat_map(|own| own.triggers.values());
    sql.extend(triggers.map(|trigger| trigger.definition.clone()));
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

/// Whether a name stands in a statement as a word of its own.
fn mentions(sql: &str, name: &str) -> bool {
    let part = |one: char| one.is_alphanumeric() || one == '_';
    sql.match_indices(name)
        .any(|(place, _)| !sql[..place].ends_with(part) && !sql[place + name.len()..].starts_with(part))
}

/// The indexes that stand by themselves.
fn indexes(table: &str, goal: &Table) -> Vec<String> {
    let alone = goal.indexes.iter().filter(|(_, index)| stands_alone(index) || index.predicate.is_some());
    alone.map(|(name, index)| create_index(ENGINE, &quoted(table), name, index)).collect()
}

/// `CREATE TABLE`. What the table has already keeps the words it has.
fn definition(side: &Side<'_>, name: &str, goal: &Table, called: &str) -> String {
    let own = side.own(name);
    let is_rowid = |one: &crate::logical::Column| {
        one.identity && goal.primary_key.as_ref().is_some_and(|key| key.columns == [one.name.clone()])
    };
    let key_name = |key: &crate::logical::PrimaryKey| quoted(&key.name.clone().unwrap_or_else(|| format!("pk_{name}")));
    let mut parts: Vec<String> = goal
        .columns
        .iter()
        .map(|one| match &goal.primary_key {
            Some(key) if is_rowid(one) => {
                format!("{} INTEGER NOT NULL CONSTRAINT {} PRIMARY KEY", quoted(&one.name), key_name(key))
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
        parts.push(format!("CONSTRAINT {} UNIQUE ({})", quoted(unique), list(&columns)));
    }
    parts.extend(goal.foreign_keys.iter().map(|(name, key)| constraint(name, &foreign_key(ENGINE, "", key))));
    for (check, goal) in &goal.checks {
        let same = side.table(name).and_then(|table| table.checks.get(check)) == Some(goal);
        let own = own.and_then(|own| own.checks.get(check)).filter(|_| same);
        let spelt = own.map_or_else(|| expression::spelt(&goal.expression, ENGINE), |own| own.expression.clone());
        parts.push(constraint(check, &format!("CHECK ({spelt})")));
    }
    let without_rowid = own.is_some_and(|own| own.options.iter().any(|option| option == "without rowid"));
    let options = if without_rowid { "STRICT, WITHOUT ROWID" } else { "STRICT" };
    format!("CREATE TABLE {} (\n    {}\n) {options}", quoted(called), parts.join(",\n    "))
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
