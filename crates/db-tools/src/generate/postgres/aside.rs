//! What PostgreSQL does not let a column change under: it goes before, and comes back behind.

use std::collections::BTreeSet;

use atriz_db::Engine;

use super::{computed, functions, policies, rights, write};
use crate::generate::asked::{Asked, question};
use crate::generate::change::{Change, find};
use crate::generate::dropped::mentions;
use crate::generate::names::{literal, qualified, quoted};
use crate::generate::step::{Stage, Step, comment, commented, mark};
use crate::generate::trigger::{function_of, holds};
use crate::generate::{asked, views};
use crate::introspect::{Name, Schema, Table, Trigger, View};

/// How a word to lint begins.
const LINT: &str = "-- atriz: lint-ignore ";

/// Lines around all other changes.
#[derive(Debug, Default)]
pub(super) struct Aside {
    /// Before them.
    drops: Vec<String>,
    /// The way back behind theirs.
    back: Vec<String>,
    /// Behind them.
    makes: Vec<String>,
    /// The way back before theirs.
    undone: Vec<String>,
    /// What is lost on the way, in words.
    losses: Vec<String>,
}

/// The pieces before and behind all others, and what somebody should know of them.
pub(super) struct Pieces {
    pub(super) before: Step,
    pub(super) behind: Step,
    pub(super) notes: Vec<String>,
}

impl Aside {
    /// What comes back as it was. What goes first comes back last.
    pub(super) fn returns(&mut self, drop: Vec<String>, make: Vec<String>) {
        self.returns_as(drop, make.clone(), make);
    }

    /// As [`Aside::returns`], where the way back needs other words.
    pub(super) fn returns_as(&mut self, drop: Vec<String>, there: Vec<String>, back: Vec<String>) {
        self.undone.extend(drop.iter().cloned());
        self.drops.extend(drop);
        self.makes.splice(0..0, there);
        self.back.splice(0..0, back);
    }

    /// Tells what a live database loses with what is made anew.
    pub(super) fn loses_rights(&mut self, what: &str) {
        self.losses.push(format!(
            "{what} is made anew: rights on it that no migration gave are lost, so give them again behind it"
        ));
    }

    /// What goes with something else, and does not come back.
    pub(super) fn goes(&mut self, drop: String) {
        self.drops.push(drop);
    }

    /// What somebody has to write anew.
    pub(super) fn asks(&mut self, drop: Vec<String>, undone: Vec<String>, make: Vec<String>, question: &str) {
        self.drops.extend(drop);
        self.undone.extend(undone);
        let asked = std::iter::once(mark(question)).chain(make.iter().map(|line| offered(line)));
        self.makes.splice(0..0, asked.collect::<Vec<_>>());
        self.back.splice(0..0, make);
    }
}

/// A statement as comments. The word to lint above it says nothing before somebody takes both.
fn offered(line: &str) -> String {
    if line.starts_with(LINT) { format!("-- {line}") } else { commented(line) }
}

/// A column that changes or goes.
pub(super) struct Changed<'a> {
    pub(super) table: &'a Name,
    pub(super) is: &'a Table,
    pub(super) column: &'a str,
    pub(super) goes: bool,
    /// What becomes of it where what uses it has to be written anew.
    pub(super) why: Option<String>,
}

/// The pieces before and behind all others, where anything stands in their way.
pub(super) fn pieces(schema: &Schema, changes: &[Change], asked: &Asked) -> Option<Pieces> {
    let columns: Vec<Changed<'_>> = changes.iter().filter_map(|change| changed(schema, change)).collect();
    let mut aside = Aside::default();
    let readers = readers(schema, &columns, asked);
    // What policies read goes behind them, and comes before them.
    policies::aside(schema, changes, &columns, &readers, asked, &mut aside);
    views(schema, &readers, asked, &mut aside);
    triggers(schema, &columns, asked, &mut aside);
    for one in &columns {
        indexes(one, &mut aside);
    }
    unread(schema, changes, asked, &mut aside);
    computed::aside(&columns, changes, &mut aside);
    if aside.drops.is_empty() && aside.makes.is_empty() {
        return None;
    }
    let remarks = aside.losses.iter().map(|loss| comment(&format!("{loss}.")));
    let drops = remarks.chain(aside.drops).collect();
    let before = Step::new(Stage::Main, drops, aside.back);
    Some(Pieces { before, behind: Step::new(Stage::Main, aside.makes, aside.undone), notes: aside.losses })
}

fn changed<'a>(schema: &'a Schema, change: &'a Change) -> Option<Changed<'a>> {
    let (column, goes) = match change {
        Change::AlterColumn { column, kind: true, .. } => (column.name.as_str(), false),
        Change::DropColumn { column, .. } => (column.as_str(), true),
        _ => return None,
    };
    let why = asked::reason(schema, change).map(|(_, why)| why);
    let (table, is) = find(schema, &change.table().name)?;
    Some(Changed { table, is, column, goes, why })
}

/// The views that are in the way, each behind those that it reads.
fn readers<'a>(schema: &'a Schema, columns: &[Changed<'_>], asked: &Asked) -> Vec<&'a Name> {
    let read: Vec<(Name, String)> = columns.iter().map(|one| (one.table.clone(), one.column.to_owned())).collect();
    let others: BTreeSet<&String> = asked.views.keys().collect();
    views::readers(schema, &read, &others)
}

fn views(schema: &Schema, readers: &[&Name], asked: &Asked, aside: &mut Aside) {
    for name in readers.iter().rev().copied() {
        let view = &schema.views[name];
        let (kind, written) = (kind(view), write::table_name(name));
        aside.loses_rights(&format!("{} {written}", kind.to_lowercase()));
        let drop = vec![format!("DROP {kind} {written}")];
        match asked.views.get(&name.name) {
            Some(why) => {
                let question = question(&format!("view {written}"), why, Engine::Postgres);
                let undone = vec![format!("DROP {kind} IF EXISTS {written}")];
                aside.asks(drop, undone, made(schema, name, view), &question);
            }
            None => aside.returns(drop, made(schema, name, view)),
        }
    }
}

fn kind(view: &View) -> &'static str {
    if view.materialised { "MATERIALIZED VIEW" } else { "VIEW" }
}

/// The statements that make a view with all that hangs on it.
fn made(schema: &Schema, name: &Name, view: &View) -> Vec<String> {
    let (kind, written) = (kind(view), write::table_name(name));
    let options = if view.options.is_empty() { String::new() } else { format!(" WITH ({})", view.options.join(", ")) };
    let definition = view.definition.trim().trim_end_matches(';');
    let mut lines = vec![format!("CREATE {kind} {written}{options} AS\n{definition}")];
    lines.extend(view.indexes.iter().flat_map(|(index, one)| write::index_made(name, index, one)));
    lines.extend(view.triggers.iter().flat_map(|(trigger, one)| trigger_made(name, trigger, one)));
    lines.extend(view.comment.iter().map(|text| format!("COMMENT ON {kind} {written} IS {}", literal(text))));
    lines.extend(view.columns.iter().filter_map(|column| write::column_comment(name, column)));
    lines.extend(rights::of_view(schema, name, view));
    lines
}

/// Triggers that somebody has to write anew, and those that wait for a column or ask for it.
fn triggers(schema: &Schema, changed: &[Changed<'_>], asked: &Asked, aside: &mut Aside) {
    for (table, is) in &schema.tables {
        let written = write::table_name(table);
        for (name, trigger) in &is.triggers {
            let drop = vec![format!("DROP TRIGGER {} ON {written}", quoted(name))];
            let make = trigger_made(table, name, trigger);
            let held = |one: &Changed<'_>| {
                let holds = |column: &String| holds(&trigger.definition, column);
                one.table == table && !one.goes && views::touched(schema, table, one.column).iter().any(holds)
            };
            if let Some(why) = asked.triggers.get(&(table.name.clone(), name.clone())) {
                let undone = vec![format!("DROP TRIGGER IF EXISTS {} ON {written}", quoted(name))];
                // Its function names the column, so it has to be written anew as well.
                let function = function_of(schema, trigger).map(|body| body.trim_end().to_owned());
                let make = function.into_iter().chain(make).collect();
                let question = question(&format!("trigger {name} on {written}"), why, Engine::Postgres);
                aside.asks(drop, undone, make, &question);
            } else if changed.iter().any(held) {
                aside.returns(drop, make);
            }
        }
    }
}

/// Functions that name what goes, but for those of triggers that somebody writes anew anyway.
fn unread(schema: &Schema, changes: &[Change], asked: &Asked, aside: &mut Aside) {
    let triggers = schema.tables.iter().flat_map(|(table, is)| {
        is.triggers.iter().filter(|(name, _)| asked.triggers.contains_key(&(table.name.clone(), (*name).clone())))
    });
    let mut told: BTreeSet<&str> =
        triggers.filter_map(|(_, trigger)| function_of(schema, trigger)).map(str::trim_end).collect();
    for change in changes {
        let (table, column, now) = match change {
            Change::DropTable { table } => (table, None, format!("there is no {table}")),
            // A column that all tables of its schema have is named by the function that they share.
            Change::DropColumn { column, .. } if column == "updated_at" => continue,
            Change::DropColumn { table, column } => (table, Some(column.as_str()), format!("{table} has no {column}")),
            _ => continue,
        };
        for one in functions::naming(schema, table, column).into_iter().filter(|one| told.insert(one.definition)) {
            aside.makes.extend([mark(&functions::question(one.name, &now)), commented(one.definition)]);
            aside.back.push(one.definition.to_owned());
        }
    }
}

pub(super) fn trigger_made(table: &Name, name: &str, trigger: &Trigger) -> Vec<String> {
    let (table, name) = (write::table_name(table), quoted(name));
    let state = trigger.state.as_deref().map(|state| {
        let how = match state {
            "disabled" => "DISABLE",
            "replica" => "ENABLE REPLICA",
            _ => "ENABLE ALWAYS",
        };
        format!("ALTER TABLE {table} {how} TRIGGER {name}")
    });
    let comment = trigger.comment.as_ref();
    let comment = comment.map(|text| format!("COMMENT ON TRIGGER {name} ON {table} IS {}", literal(text)));
    std::iter::once(trigger.definition.clone()).chain(state).chain(comment).collect()
}

/// Indexes over an expression or over some rows, which PostgreSQL reads again for the new type.
fn indexes(one: &Changed<'_>, aside: &mut Aside) {
    let Some(why) = one.why.as_ref().filter(|_| !one.goes) else { return };
    for (name, index) in &one.is.indexes {
        let expressions = index.columns.iter().filter(|key| key.expression).map(|key| key.key.as_str());
        if !expressions.chain(index.predicate.as_deref()).any(|text| mentions(text, one.column)) {
            continue;
        }
        let written = qualified(&one.table.schema, name);
        let make = super::index::again(one.table, one.is, name, index);
        let undone = format!("DROP INDEX IF EXISTS {written}");
        aside.asks(
            vec![format!("DROP INDEX {written}")],
            vec![undone],
            make,
            &question(&format!("index {written}"), why, Engine::Postgres),
        );
    }
}
