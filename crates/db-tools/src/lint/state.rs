//! What the files before the statement at hand made: tables, columns, keys, and which of it belongs to the same batch.

use std::collections::{HashMap, HashSet};

use atriz_db::Engine;
use atriz_db::migrate::{Piece, Statement};

use super::table::{Check, Foreign, Parts, body, names, read_item};
use crate::plan::cursor::{Cursor, find, has, items};
use crate::plan::{Change, Name, effect};

/// A table as the files leave it.
#[derive(Clone, Debug)]
pub(super) struct Table<'t> {
    pub(super) name: Name,
    /// Whether the batch made it.
    pub(super) new: bool,
    /// Its columns, each with whether the batch made it.
    pub(super) columns: HashMap<String, bool>,
    /// The columns that indexes and keys lead with.
    pub(super) keys: Vec<Vec<String>>,
    pub(super) foreign: Vec<(Foreign, Place)>,
    pub(super) partitioned: bool,
    /// Names of constraints that the batch added.
    pub(super) made: HashSet<String>,
    /// Constraints `CHECK (column IS NOT NULL)`, each with whether it was proven.
    proofs: Vec<(String, String, bool)>,
    pub(super) checks: Vec<Check<'t>>,
    /// The columns that its partitions are told apart by.
    pub(super) split_by: Vec<String>,
}

/// Which statement of which file, where that file is of the batch.
pub(super) type Place = Option<(usize, usize)>;

/// What the files before the statement at hand made.
#[derive(Default)]
pub(super) struct State<'t> {
    tables: HashMap<String, Vec<Table<'t>>>,
    /// The table of each index, and whether the batch made it.
    indexes: HashMap<String, (Name, bool)>,
    /// Everything else that the batch made: schemas, types, functions, views, sequences, triggers, policies.
    others: HashSet<String>,
    /// Every name of a table or a column that there ever was, in lower case; on SQLite, where it matters.
    words: HashSet<String>,
    /// Names without schemas of what was made and is no table, or no longer one of this name.
    relations: HashSet<String>,
    schemas: HashSet<String>,
    /// Whether an extension was made.
    extension: bool,
    /// Whether a statement may have made tables that its text does not tell of.
    unsure: bool,
}

impl<'t> State<'t> {
    pub(super) fn table(&self, name: &Name) -> Option<&Table<'t>> {
        self.tables.get(&name.name)?.iter().find(|table| table.name.is(name))
    }

    fn table_mut(&mut self, name: &Name) -> Option<&mut Table<'t>> {
        self.tables.get_mut(&name.name)?.iter_mut().find(|table| table.name.is(name))
    }

    pub(super) fn tables(&self) -> impl Iterator<Item = &Table<'t>> {
        self.tables.values().flatten()
    }

    /// The one schema that has a table of this name.
    pub(super) fn schema_of(&self, name: &str) -> Option<&str> {
        match self.tables.get(name)?.as_slice() {
            [table] => table.name.schema.as_deref(),
            _ => None,
        }
    }

    /// Whether the batch made the table, or nobody did: then it is made where these files do not tell.
    pub(super) fn is_new(&self, name: &Name) -> bool {
        self.table(name).is_some_and(|table| table.new)
    }

    /// The table of an index.
    pub(super) fn table_of_index(&self, index: &Name) -> Option<&Name> {
        self.indexes.get(&index.name).map(|(table, _)| table)
    }

    /// Whether the batch made an object that is neither a table nor an index.
    pub(super) fn has_made(&self, name: &Name) -> bool {
        self.others.contains(&name.name)
    }

    /// Whether there ever was a table or a column of this name, in lower case.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.words.contains(name)
    }

    /// Whether a CHECK has proven that the column holds no NULL.
    pub(super) fn is_proven(&self, table: &Name, column: &str) -> bool {
        let proves = |(_, of, valid): &(String, String, bool)| *valid && of == column;
        self.table(table).is_some_and(|table| table.proofs.iter().any(proves))
    }

    /// Whether there ever was a table or a view of this name, as far as the files tell.
    pub(super) fn has_been(&self, name: &Name) -> bool {
        self.table(name).is_some() || self.relations.contains(&name.name)
    }

    /// Whether a file made the schema.
    pub(super) fn has_schema(&self, schema: &str) -> bool {
        self.schemas.contains(schema)
    }

    /// Whether a file made an extension, which may have brought tables along.
    pub(super) fn has_extension(&self) -> bool {
        self.extension
    }

    /// Whether there may be tables that no file's text tells of.
    pub(super) fn is_unsure(&self) -> bool {
        self.unsure
    }

    /// Takes in a statement; `place` says where it stands if it is of the batch.
    pub(super) fn learn(&mut self, statement: &Piece<'t>, engine: Engine, place: Place) {
        let mut cursor = Cursor::new(&statement.tokens);
        // What is half understood is half learnt.
        let _ = match statement.word(0).as_str() {
            "create" => self.create(statement, &mut cursor, engine, place),
            "alter" => self.alter(statement, &mut cursor, engine, place),
            "drop" => self.drop(&mut cursor),
            "do" | "call" | "import" => {
                self.hides(statement);
                None
            }
            "select" => self.select(&mut cursor),
            _ => None,
        };
    }

    /// A block, or a call, whose body may make tables.
    fn hides(&mut self, statement: &Piece<'t>) {
        let body = statement.text.to_ascii_lowercase();
        self.unsure |= statement.word(0) != "do" || body.contains("create") || body.contains("execute");
    }

    /// `SELECT … INTO t` makes a table, and `SELECT s.f()` may make any.
    fn select(&mut self, cursor: &mut Cursor<'_, &'t str>) -> Option<()> {
        let mut calls = cursor.rest().windows(4);
        self.unsure |=
            calls.any(|words| words[1] == "." && words[3] == "(" && !words[0].eq_ignore_ascii_case("pg_catalog"));
        cursor.seek("into")?;
        cursor.skip(&["temporary", "temp", "unlogged", "table"]);
        self.relations.insert(cursor.name()?.name);
        Some(())
    }

    fn create(
        &mut self,
        statement: &Piece<'t>,
        cursor: &mut Cursor<'_, &'t str>,
        engine: Engine,
        place: Place,
    ) -> Option<()> {
        cursor.eat("create");
        cursor.skip(&["or replace", "temporary", "temp", "unlogged", "recursive", "constraint"]);
        if cursor.eat_any(&["unique index", "index"]) {
            return self.create_index(cursor, place);
        }
        if !cursor.eat_any(&["table", "virtual table"]) {
            let kind = cursor.word();
            cursor.skip(&["view", "table", "if not exists"]);
            let name = cursor.name()?.name;
            match kind.as_str() {
                "schema" => drop(self.schemas.insert(name.clone())),
                "extension" => self.extension = true,
                _ => drop(self.relations.insert(name.clone())),
            }
            if place.is_some() {
                self.others.insert(name);
            }
            return Some(());
        }
        cursor.eat("if not exists");
        let name = cursor.name()?;
        if self.table(&name).is_some() {
            return Some(());
        }
        let parts = if cursor.eat("partition of") {
            // It has the columns and keys of its parent.
            let parent = self.table(&cursor.name()?).cloned();
            let keys = parent.as_ref().map(|parent| parent.keys.clone()).unwrap_or_default();
            Parts {
                keys,
                columns: parent.map(|one| one.columns.into_keys().collect()).unwrap_or_default(),
                ..Parts::default()
            }
        } else {
            cursor.parentheses().map(|inner| body(statement, inner)).unwrap_or_default()
        };
        let new = place.is_some();
        if engine == Engine::Sqlite {
            self.words.extend(parts.columns.iter().chain([&name.name]).map(|word| word.to_lowercase()));
        }
        let split_by = cursor.rest();
        let split_by = find(split_by, "partition").map(|at| Cursor::new(&split_by[at..]));
        let split_by =
            split_by.and_then(|mut by| (by.eat("partition by") && by.ident().is_some()).then(|| by.parentheses())?);
        let table = Table {
            name: name.clone(),
            new,
            columns: parts.columns.into_iter().map(|column| (column, new)).collect(),
            keys: parts.keys,
            foreign: parts.foreign.into_iter().map(|key| (key, place)).collect(),
            partitioned: has(cursor.rest(), "partition by"),
            made: HashSet::new(),
            proofs: Vec::new(),
            checks: parts.checks,
            split_by: split_by.map(names).unwrap_or_default(),
        };
        self.tables.entry(name.name).or_default().push(table);
        Some(())
    }

    fn create_index(&mut self, cursor: &mut Cursor<'_, &'t str>, place: Place) -> Option<()> {
        cursor.skip(&["concurrently", "if not exists"]);
        let index = if cursor.sees("on") { None } else { Some(cursor.name()?) };
        cursor.eat("on");
        cursor.eat("only");
        let table = cursor.name()?;
        if cursor.eat("using") {
            cursor.ident();
        }
        let columns = cursor.parentheses().map(names).unwrap_or_default();
        if let Some(known) = self.table_mut(&table) {
            known.keys.push(columns);
        }
        if let Some(index) = index {
            self.indexes.insert(index.name, (table, place.is_some()));
        }
        Some(())
    }

    fn alter(
        &mut self,
        statement: &Piece<'t>,
        cursor: &mut Cursor<'_, &'t str>,
        engine: Engine,
        place: Place,
    ) -> Option<()> {
        cursor.eat("alter");
        if !cursor.eat("table") {
            return None;
        }
        cursor.skip(&["if exists", "only"]);
        let name = cursor.name()?;
        cursor.eat("*");
        if cursor.eat("rename to") {
            let to = cursor.name()?.name;
            return self.rename(&name, to);
        }
        if cursor.eat("rename") && !cursor.eat("constraint") {
            cursor.eat("column");
            let from = cursor.ident()?;
            let to = cursor.eat("to").then(|| cursor.ident())??;
            let table = self.table_mut(&name)?;
            let new = table.columns.remove(&from)?;
            table.columns.insert(to.clone(), new);
            let word = to.to_lowercase();
            let referring = table.foreign.iter_mut().flat_map(|(key, _)| &mut key.columns);
            referring.filter(|column| **column == from).for_each(|column| column.clone_from(&to));
            table.keys.iter_mut().flatten().filter(|column| **column == from).for_each(|column| column.clone_from(&to));
            self.words.insert(word);
            return Some(());
        }
        if engine == Engine::Postgres && (statement.has_word("check") || statement.has_word("validate")) {
            self.prove(&name, statement);
        }
        let table = self.tables.get_mut(&name.name)?.iter_mut().find(|table| table.name.is(&name))?;
        for action in items(cursor.rest()) {
            self.words.extend(alter_one(table, statement, action, place));
        }
        Some(())
    }

    fn rename(&mut self, from: &Name, to: String) -> Option<()> {
        let among = self.tables.get_mut(&from.name)?;
        let at = among.iter().position(|table| table.name.is(from))?;
        let mut table = among.remove(at);
        table.name.name.clone_from(&to);
        self.words.insert(to.to_lowercase());
        self.relations.insert(from.name.clone());
        for (known, _) in self.indexes.values_mut().filter(|(known, _)| known.is(from)) {
            known.name.clone_from(&to);
        }
        self.tables.entry(to).or_default().push(table);
        Some(())
    }

    fn prove(&mut self, name: &Name, statement: &Piece<'t>) {
        let Some(table) = self.table_mut(name) else { return };
        for change in effect(&Statement::from(statement), Engine::Postgres).changes {
            match change {
                Change::Checks(check) => table.proofs.push((check.constraint, check.column, check.valid)),
                Change::Validates { constraint, .. } => {
                    table.proofs.iter_mut().filter(|proof| proof.0 == constraint).for_each(|proof| proof.2 = true);
                }
                _ => {}
            }
        }
    }

    fn drop(&mut self, cursor: &mut Cursor<'_, &'t str>) -> Option<()> {
        cursor.eat("drop");
        if !cursor.eat("table") {
            return None;
        }
        cursor.eat("if exists");
        for name in cursor.names()? {
            if let Some(among) = self.tables.get_mut(&name.name) {
                among.retain(|table| !table.name.is(&name));
            }
            self.relations.insert(name.name);
        }
        Some(())
    }
}

/// One clause of ALTER TABLE.
/// Answers the names of columns that it adds.
fn alter_one<'t>(table: &mut Table<'t>, statement: &Piece<'t>, action: &[&'t str], place: Place) -> Vec<String> {
    let mut added = Vec::new();
    let mut cursor = Cursor::new(action);
    if cursor.eat("add") {
        cursor.skip(&["column", "if not exists"]);
        let mut named = cursor;
        if place.is_some() && named.eat("constraint") {
            table.made.extend(named.ident());
        }
        let mut parts = Parts::default();
        read_item(statement, cursor.rest(), &mut parts);
        added.extend(parts.columns.iter().map(|column| column.to_lowercase()));
        table.columns.extend(parts.columns.into_iter().map(|column| (column, place.is_some())));
        table.keys.extend(parts.keys);
        table.foreign.extend(parts.foreign.into_iter().map(|key| (key, place)));
        table.checks.extend(parts.checks);
    } else if cursor.eat("validate constraint") {
        let name = cursor.ident().unwrap_or_default();
        table.checks.iter_mut().filter(|check| check.name == name).for_each(|check| check.valid = true);
    } else if cursor.eat("drop constraint") {
        cursor.eat("if exists");
        let name = cursor.ident().unwrap_or_default();
        table.checks.retain(|check| check.name != name);
    } else if cursor.eat("drop") {
        cursor.skip(&["column", "if exists"]);
        if let Some(column) = cursor.ident() {
            table.columns.remove(&column);
            table.foreign.retain(|(key, _)| !key.columns.contains(&column));
        }
    }
    added
}
