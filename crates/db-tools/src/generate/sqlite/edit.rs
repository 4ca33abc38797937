//! What becomes of one table, and how.

use std::collections::BTreeSet;

use atriz_db::Engine;

use super::objects::{Objects, TableTexts};
use super::rebuild::{self, Copied};
use super::text::{Definition, Part, mentions};
use super::{Standing, computed, converted, create};
use crate::generate::GenerateError;
use crate::generate::change::Change;
use crate::generate::default;
use crate::generate::dropped::shared_checks;
use crate::generate::names::{self, quoted};
use crate::generate::rename::Renamed;
use crate::generate::step::{Stage, Step, comment, mark};
use crate::generate::types;
use crate::generate::want::{self, Names};
use crate::introspect::{self, Name};
use crate::logical::{self, Column, Table};

/// A table before and after.
pub(super) struct Edited<'a> {
    /// The table as it is, in shared words.
    said: Option<&'a logical::Table>,
    name: String,
    old: TableTexts,
    new: TableTexts,
    definition: Definition,
    /// What is read for columns of the new table that the old one has otherwise, or not at all.
    forth: Vec<Copied>,
    /// The same on the way back.
    back: Vec<Copied>,
    /// The columns of the table as it is and as it will be, those that are computed left out.
    columns: (Vec<String>, Vec<String>),
    /// The columns that go.
    gone: BTreeSet<String>,
    /// What is lost, and the like.
    remarks: Vec<String>,
    /// What somebody has to decide on, ahead of all statements.
    questions: Vec<String>,
    /// Statements instead of a rebuild, there and back; nothing once a change needs one.
    short: Option<(Vec<String>, Vec<String>)>,
}

impl<'a> Edited<'a> {
    pub(super) fn of(
        standing: Standing<'a>,
        name: &Name,
        changes: &[&Change],
        names: &mut Names,
    ) -> Result<Self, GenerateError> {
        let bare = name.name.clone();
        let refused = |reason: &str| GenerateError::Text { table: bare.clone(), reason: reason.to_owned() };
        let old = standing.objects.table(&bare).ok_or_else(|| refused("it is not in the catalogue"))?;
        let definition = Definition::parse(&old.sql).ok_or_else(|| refused("it has no list of columns"))?;
        let is = &standing.schema.tables[name];
        let wanted = &standing.wanted.tables[&bare];
        let said = standing.said.tables.get(&bare);
        let columns: Vec<String> =
            is.columns.iter().filter(|column| column.generated.is_none()).map(|column| column.name.clone()).collect();
        let mut edited = Self {
            name: bare.clone(),
            new: old.clone(),
            old,
            definition,
            forth: Vec::new(),
            back: Vec::new(),
            columns: (columns.clone(), columns),
            gone: changes.iter().filter_map(|change| dropped(change)).collect(),
            remarks: Vec::new(),
            questions: Vec::new(),
            short: Some((Vec::new(), Vec::new())),
            said,
        };
        for renamed in standing.renamed.get(&bare).into_iter().flatten() {
            edited.rename(renamed);
        }
        for change in changes {
            edited.change(change, is, wanted, names)?;
        }
        edited.new.sql = edited.definition.statement(&quoted(&bare));
        Ok(edited)
    }

    pub(super) fn rebuilds(&self) -> bool {
        self.short.is_none()
    }

    pub(super) fn steps(self, objects: &Objects) -> Vec<Step> {
        let mut step = if let Some((up, down)) = self.short {
            Step::new(Stage::Main, up, down)
        } else {
            let forth = rebuild::copies(&self.columns.1, &self.columns.0, &self.forth);
            let back = rebuild::copies(&self.columns.0, &self.columns.1, &self.back);
            let up = rebuild::statements(&self.name, &self.new, &forth, objects);
            Step::new(Stage::Main, up, rebuild::statements(&self.name, &self.old, &back, objects))
        };
        for question in self.questions.iter().rev() {
            step.up.insert(0, question.clone());
        }
        for remark in self.remarks.iter().rev() {
            step.up.insert(0, comment(remark));
        }
        if step.up.is_empty() && step.down.is_empty() { Vec::new() } else { vec![step] }
    }

    fn change(
        &mut self,
        change: &Change,
        is: &introspect::Table,
        wanted: &Table,
        names: &mut Names,
    ) -> Result<(), GenerateError> {
        match change {
            Change::AddColumn { column, .. } => {
                want::check_column(Engine::Sqlite, &self.name, column)?;
                self.add_column(column, wanted);
            }
            Change::DropColumn { column, .. } => self.drop_column(is, column),
            Change::AlterColumn { column, kind, nullable, .. } => {
                if *kind {
                    want::check_column(Engine::Sqlite, &self.name, column)?;
                }
                self.alter_column(column, (*kind, *nullable));
            }
            Change::PrimaryKey { columns, .. } => self.primary_key(columns, names),
            Change::AddUnique { columns, .. } => {
                let unique = names.give("uq", &self.name, columns);
                self.definition.add(&create::unique(&unique, columns), false);
                self.short = None;
            }
            Change::DropUnique { name, index: true, .. } => self.drop_index(name),
            Change::DropUnique { name, .. } => self.drop_constraint(name, &is.uniques[name].columns, "unique"),
            Change::AddIndex { columns, .. } => {
                let index = names.give("idx", &self.name, columns);
                let sql = create::index(&self.name, &index, columns);
                self.also(sql.clone(), format!("DROP INDEX {}", quoted(&index)));
                self.new.indexes.push((index, sql));
            }
            Change::AddForeignKey { key, .. } => {
                let constraint = names.foreign_key(&self.name, wanted, key);
                self.definition.add(&create::foreign_key(&constraint, key), false);
                self.short = None;
            }
            Change::DropForeignKey { name, .. } => self.drop_foreign_key(name, &is.foreign_keys[name]),
            Change::CreateTable { .. }
            | Change::DropTable { .. }
            | Change::RenameTable { .. }
            | Change::RenameColumn { .. } => {}
        }
        Ok(())
    }

    /// A statement instead of a rebuild, as long as there is none.
    fn also(&mut self, up: String, down: String) {
        if let Some((ups, downs)) = &mut self.short {
            ups.push(up);
            downs.insert(0, down);
        }
    }

    fn rename(&mut self, renamed: &Renamed) {
        let (from, to) = (quoted(&renamed.from), quoted(&renamed.to));
        let hanging = match renamed.kind {
            "index" => &mut self.new.indexes,
            "trigger" => &mut self.new.triggers,
            _ => {
                self.definition.rename_constraint(&renamed.from, &renamed.to);
                self.short = None;
                return;
            }
        };
        let Some((name, sql)) = hanging.iter_mut().find(|(name, _)| *name == renamed.from) else { return };
        let old = sql.clone();
        let named = super::text::tokens(&old).into_iter().find(|token| token.names(&renamed.from));
        if let Some(token) = named {
            sql.replace_range(token.from..token.to, &to);
        }
        name.clone_from(&renamed.to);
        let (new, kind) = (sql.clone(), renamed.kind.to_uppercase());
        if let Some((ups, downs)) = &mut self.short {
            ups.extend([format!("DROP {kind} {from}"), new]);
            downs.splice(0..0, [format!("DROP {kind} {to}"), old]);
        }
    }

    fn add_column(&mut self, column: &Column, wanted: &Table) {
        let text = create::column(&self.name, column);
        let (table, name) = (quoted(&self.name), quoted(&column.name));
        let literal = column.default.as_deref().is_none_or(default::is_literal);
        if literal && (column.nullable || column.default.is_some()) {
            self.also(
                format!("ALTER TABLE {table} ADD COLUMN {text}"),
                format!("ALTER TABLE {table} DROP COLUMN {name}"),
            );
        } else {
            self.short = None;
        }
        self.definition.add(&text, true);
        if !column.nullable && column.default.is_none() {
            let question = format!(
                "what do the rows that are there get in {table}.{name}? Write it in the place of NULL in the SELECT, then \
                 take this line away"
            );
            let (column, mark) = (column.name.clone(), Some(mark(&question)));
            self.forth.push(Copied { column, expression: "NULL".to_owned(), mark });
        }
        self.columns.1.push(column.name.clone());
        if column.name == "updated_at" {
            let key: &[String] = wanted.primary_key.as_ref().map_or(&[], |key| &key.columns);
            let (trigger, sql) = create::updated_at(&self.name, key);
            self.also(sql.clone(), format!("DROP TRIGGER {}", quoted(&trigger)));
            self.new.triggers.push((trigger, sql));
        }
    }

    fn drop_column(&mut self, is: &introspect::Table, column: &str) {
        let Some(place) = self.definition.column(column) else { return };
        let (table, written) = (quoted(&self.name), quoted(column));
        // Remarks are written in reverse.
        self.remarks.extend(shared_checks(is, column).iter().map(|check| format!("{}.", check.words())));
        self.remarks.push(format!("What {table}.{written} holds is lost."));
        let gone = |sql: &str| sql.split_once('(').is_some_and(|(_, keys)| mentions(keys, column));
        let trigger = names::made("trg", &[&self.name, column]);
        for (dropped, sql) in self.new.triggers.iter().filter(|(name, _)| *name == trigger).cloned().collect::<Vec<_>>()
        {
            self.also(format!("DROP TRIGGER {}", quoted(&dropped)), sql);
        }
        for (index, sql) in self.new.indexes.iter().filter(|(_, sql)| gone(sql)).cloned().collect::<Vec<_>>() {
            self.also(format!("DROP INDEX {}", quoted(&index)), sql);
        }
        self.new.indexes.retain(|(_, sql)| !gone(sql));
        self.new.triggers.retain(|(name, _)| *name != trigger);
        let part = self.definition.parts.remove(place);
        self.stop_computing(column, &format!("{table} has no {written}"));
        let before = self.definition.parts.len();
        self.definition
            .parts
            .retain(|part| part.column().is_some() || !part.pieces().iter().any(|piece| piece.mentions(column)));
        let named = before != self.definition.parts.len()
            || self.definition.parts.iter().any(|part| part.pieces().iter().any(|piece| piece.mentions(column)));
        let held =
            part.pieces().iter().any(|piece| piece.is("references") || piece.is("unique") || piece.is("primary"));
        let old = is.column(column);
        let back = old.is_some_and(|old| old.nullable || old.default.is_some());
        if named || held || !back || self.new.triggers.iter().any(|(_, sql)| mentions(sql, column)) {
            self.short = None;
        }
        let text = part.trimmed();
        self.also(
            format!("ALTER TABLE {table} DROP COLUMN {written}"),
            format!("ALTER TABLE {table} ADD COLUMN {text}"),
        );
        self.columns.1.retain(|known| known != column);
        if let Some(old) = old.filter(|old| !old.nullable && old.default.is_none()) {
            let said = self.said.and_then(|said| said.column(&old.name));
            let expression = said.map_or("0", |said| types::sqlite_filler(&said.kind)).to_owned();
            self.back.push(Copied { column: column.to_owned(), expression, mark: None });
        }
        // A table of SQLite keeps the tail of its old key otherwise.
        if self.definition.parts.is_empty() {
            self.definition.parts.push(part);
        }
    }

    /// What is computed from a column that goes or becomes of another kind keeps its values.
    fn stop_computing(&mut self, column: &str, why: &str) {
        let gone = |name: &str| self.gone.contains(name);
        let stopped = computed::stopped(&mut self.definition, &self.name, column, why, gone);
        for one in stopped {
            self.short = None;
            self.columns.1.push(one.copied.column.clone());
            self.forth.push(one.copied);
            self.questions.extend(one.questions);
        }
    }

    fn alter_column(&mut self, column: &Column, (kind, nullable): (bool, bool)) {
        self.short = None;
        let old = self.said.and_then(|said| said.column(&column.name));
        let Some(old) = old else { return };
        let check = Names::type_check(&self.name, &column.name);
        if kind && !types::is_alike(&old.kind, &column.kind) {
            let is = |piece: &super::text::Piece| {
                piece.is("check") && piece.name.as_deref() != Some(check.as_str()) && piece.mentions(&column.name)
            };
            self.questions.extend(converted::questions(&self.definition, &self.name, column, is));
            self.remove(|_, piece| is(piece));
            let (written, kind) = (quoted(&column.name), types::short(&column.kind.to_string()));
            let why = format!("{}.{written} is {kind}", quoted(&self.name));
            self.stop_computing(&column.name, &why);
            if let Some(questions) = computed::stop(&mut self.definition, &self.name, &column.name, &why) {
                self.columns.1.push(column.name.clone());
                self.questions.extend(questions);
            }
        }
        let Some(place) = self.definition.column(&column.name) else { return };
        let written = quoted(&column.name);
        if kind {
            let forth = converted::forth(&self.name, old, column);
            let back = converted::back(&self.name, column, old);
            self.forth.push(forth);
            self.back.push(back);
        }
        if nullable && !column.nullable {
            self.remarks
                .push(format!("Rows of {} without {written} stop this: give them a value first.", quoted(&self.name)));
        }
        let part = &mut self.definition.parts[place];
        let new = create::column(&self.name, column);
        // The pieces that the entity cannot say stay: checks, references, keys, collations.
        let kept: Vec<String> = part
            .pieces()
            .into_iter()
            .filter(|piece| !piece.is("not") && !piece.is("null") && !piece.is("default"))
            .filter(|piece| piece.name.as_deref() != Some(check.as_str()))
            .map(|piece| part.text[piece.from..piece.to].to_owned())
            .collect();
        let lead = part.text.len() - part.text.trim_start().len();
        let comments = part.column().map_or(lead, |token| token.from);
        let gap = |text: &str| if text.contains("--") { "\n        " } else { " " };
        let kept: String = kept.iter().flat_map(|text| [gap(text), text]).collect();
        let tail = part.text[part.text.trim_end().len()..].to_owned();
        part.text = format!("{}{new}{kept}{tail}", &part.text[..comments]);
    }

    fn primary_key(&mut self, columns: &[String], names: &mut Names) {
        self.short = None;
        let mut parts = Vec::new();
        for mut part in std::mem::take(&mut self.definition.parts) {
            if part.without(|piece| piece.is("primary")) {
                parts.push(part);
            }
        }
        self.definition.parts = parts;
        let key = names.give("pk", &self.name, &[]);
        self.definition.add(&create::primary_key(&key, columns), false);
        create::tail(columns).clone_into(&mut self.definition.tail);
        let trigger = names::made("trg", &[&self.name, "updated_at"]);
        if let Some((_, sql)) = self.new.triggers.iter_mut().find(|(name, _)| *name == trigger) {
            *sql = create::updated_at(&self.name, columns).1;
        }
    }

    fn drop_index(&mut self, index: &str) {
        let Some(place) = self.new.indexes.iter().position(|(name, _)| name == index) else { return };
        let (_, sql) = self.new.indexes.remove(place);
        self.also(format!("DROP INDEX {}", quoted(index)), sql);
    }

    fn drop_constraint(&mut self, name: &str, columns: &[String], kind: &str) {
        self.short = None;
        self.remove(|part, piece| {
            let own = part.column().map(|token| vec![token.text]);
            let over = || own.unwrap_or_else(|| piece.columns());
            piece.is(kind) && (piece.name.as_deref() == Some(name) || want::same_set(&over(), columns))
        });
    }

    fn drop_foreign_key(&mut self, name: &str, key: &introspect::ForeignKey) {
        self.short = None;
        self.remove(|part, piece| {
            let own = part.column().map(|token| vec![token.text]);
            let leads = piece.referenced().is_some_and(|table| table.eq_ignore_ascii_case(&key.table.name));
            let over = || own.unwrap_or_else(|| piece.columns());
            let is = piece.is("foreign") || piece.is("references");
            is && (piece.name.as_deref() == Some(name) || (piece.name.is_none() && leads && over() == key.columns))
        });
    }

    fn remove(&mut self, gone: impl Fn(&Part, &super::text::Piece) -> bool) {
        let parts = std::mem::take(&mut self.definition.parts);
        for mut part in parts {
            let whole = part.clone();
            if part.without(|piece| gone(&whole, piece)) {
                self.definition.parts.push(part);
            }
        }
        // What stood behind the last part stays behind it.
        if let Some(last) = self.definition.parts.last_mut().filter(|last| !last.text.ends_with('\n')) {
            last.text.push('\n');
        }
    }
}

fn dropped(change: &Change) -> Option<String> {
    match change {
        Change::DropColumn { column, .. } => Some(column.clone()),
        _ => None,
    }
}
