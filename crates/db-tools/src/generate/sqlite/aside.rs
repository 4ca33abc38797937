//! What of SQLite nobody but a person can write anew, once what it reads is gone or of another kind: views, triggers,
//! full-text indexes, and indexes over an expression or over some rows.

use std::collections::{BTreeMap, BTreeSet};

use atriz_db::Engine;

use super::Standing;
use super::objects::{Object, Objects};
use super::text::mentions;
use crate::generate::asked::{Asked, question};
use crate::generate::change::{Change, find};
use crate::generate::names::quoted;
use crate::generate::step::{Stage, Step, commented, mark};
use crate::generate::types;

/// The pieces before and behind all others, and what there is without what stands in them.
pub(super) fn steps(
    standing: Standing<'_>,
    changes: &[Change],
    asked: &Asked,
) -> (Option<Step>, Option<Step>, Objects) {
    let mut questions: BTreeMap<String, String> = BTreeMap::new();
    for object in standing.objects.iter() {
        let about = match object.kind.as_str() {
            "view" => asked.views.get(&object.name).map(|why| ("view", why.clone())),
            "trigger" => {
                let own = asked.triggers.get(&(object.table.clone(), object.name.clone()));
                own.cloned()
                    .or_else(|| changes.iter().find_map(|change| of_another(object, change)))
                    .map(|why| ("trigger", why))
            }
            _ => changes.iter().find_map(|change| unreadable(standing, object, change)),
        };
        let about =
            about.map(|(what, why)| question(&format!("{what} {}", quoted(&object.name)), &why, Engine::Sqlite));
        questions.extend(about.map(|about| (object.name.clone(), about)));
    }
    // What names one of them without a question of its own goes along: triggers of views and of full-text indexes.
    let along = |object: &Object| {
        object.kind == "trigger" && questions.keys().any(|gone| object.table == *gone || mentions(&object.sql, gone))
    };
    let (gone, left) = standing.objects.without(|object| questions.contains_key(&object.name) || along(object));
    if gone.is_empty() {
        return (None, None, left);
    }
    let drops = gone.iter().rev().map(Object::dropped).collect();
    let undone = gone.iter().rev().map(Object::dropped_if_there).collect();
    let refilled = gone.iter().filter(|object| object.is_full_text()).map(Object::refilled);
    let back = gone.iter().map(|object| object.sql.clone()).chain(refilled).collect();
    let mut makes = Vec::new();
    let mut told: BTreeSet<&String> = BTreeSet::new();
    for object in &gone {
        makes.extend(questions.get(&object.name).filter(|about| told.insert(about)).map(|about| mark(about)));
        makes.push(commented(&object.sql));
    }
    (Some(Step::new(Stage::Main, drops, back)), Some(Step::new(Stage::Main, makes, undone)), left)
}

/// Why a trigger of another table does not run behind a change.
fn of_another(object: &Object, change: &Change) -> Option<String> {
    let Change::DropColumn { table, column } = change else { return None };
    let another = !object.table.eq_ignore_ascii_case(&table.name) && mentions(&object.sql, &table.name);
    (another && mentions(&object.sql, column)).then(|| format!("{table} has no {column}"))
}

/// Why an index does not read the same behind a change, and what it is.
fn unreadable(standing: Standing<'_>, object: &Object, change: &Change) -> Option<(&'static str, String)> {
    let table = change.table();
    match change {
        Change::DropColumn { column, .. } => {
            let reads = object.is_full_text_of(&table.name) && mentions(&object.sql, column);
            reads.then(|| ("full-text index", format!("{table} has no {column}")))
        }
        Change::AlterColumn { column, kind: true, .. } if object.kind == "index" && object.table == table.name => {
            let (_, is) = find(standing.schema, &table.name)?;
            let index = is.indexes.get(&object.name)?;
            let expressions = index.columns.iter().filter(|key| key.expression).map(|key| key.key.as_str());
            let reads = expressions.chain(index.predicate.as_deref()).any(|text| mentions(text, &column.name));
            let old = standing.said.tables.get(&table.name).and_then(|said| said.column(&column.name))?;
            let kind = types::short(&column.kind.to_string());
            let unlike = reads && !types::is_alike(&old.kind, &column.kind);
            unlike.then(|| ("index", format!("{table}.{} is {kind}", column.name)))
        }
        _ => None,
    }
}
