//! What mends a table of PostgreSQL.

use super::LOSES;
use super::rights::{Rights, comment};
use super::table_sql::{self, beside, parsed, sql_name};
use crate::check::in_the_way::InTheWay;
use crate::check::retype::Retype;
use crate::introspect::{Column, Name, RowSecurity, Table, Trigger};
use crate::scratch::quote;

/// A table on both sides.
pub(super) struct Change<'a> {
    pub(super) name: &'a Name,
    pub(super) folder: Option<&'a Table>,
    pub(super) live: Option<&'a Table>,
    pub(super) rights: Rights<'a>,
    /// What holds on to a column whose type changes, by the column.
    pub(super) in_the_way: &'a dyn Fn(&str) -> InTheWay,
}

impl Change<'_> {
    /// `rest` is the place within the table.
    pub(super) fn mend(&self, rest: &[&str]) -> Vec<String> {
        let table = sql_name(self.name);
        let (folder, live) = match (self.folder, self.live) {
            (Some(folder), None) => return self.made(folder),
            (None, Some(_)) => return vec![LOSES.to_owned(), format!("DROP TABLE {table}")],
            (Some(folder), Some(live)) => (folder, live),
            (None, None) => return Vec::new(),
        };
        match rest {
            ["columns", name, rest @ ..] => self.column(folder.column(name), live.column(name), name, rest),
            ["primary_key", ..] => self.constraint("primary_key", ""),
            [kind @ ("uniques" | "foreign_keys" | "checks"), name, "comment"] => {
                let said = match *kind {
                    "uniques" => folder.uniques.get(*name).and_then(|one| one.comment.as_ref()),
                    "checks" => folder.checks.get(*name).and_then(|one| one.comment.as_ref()),
                    _ => folder.foreign_keys.get(*name).and_then(|one| one.comment.as_ref()),
                };
                vec![comment(&format!("CONSTRAINT {} ON {table}", quote(name)), said)]
            }
            // Rows were never held against it: nobody has to wait while they are.
            ["foreign_keys", name, "not_valid"] if folder.foreign_keys.get(*name).is_some_and(|key| !key.not_valid) => {
                vec![validated(&table, name)]
            }
            ["checks", name, "not_valid"] if folder.checks.get(*name).is_some_and(|check| !check.not_valid) => {
                vec![validated(&table, name)]
            }
            [kind @ ("uniques" | "foreign_keys" | "checks" | "exclusions"), name, ..] => self.constraint(kind, name),
            ["indexes", name, rest @ ..] => self.index(name, rest),
            ["triggers", name, rest @ ..] => self.trigger(name, rest),
            ["policies", name, ..] => self.policy(name),
            ["row_security"] => row_security(&table, folder.row_security),
            ["options"] => options(&table, &folder.options, &live.options),
            ["owner"] => self.rights.owner(&format!("TABLE {table}"), folder.owner.as_ref()),
            ["grants"] => self.rights.grants(&folder.grants, &live.grants, &format!("ON TABLE {table}"), ""),
            ["comment"] => vec![comment(&format!("TABLE {table}"), folder.comment.as_ref())],
            ["partitions", name, rest @ ..] => self.partition(name, rest),
            _ => Vec::new(),
        }
    }

    fn column(&self, folder: Option<&Column>, live: Option<&Column>, name: &str, rest: &[&str]) -> Vec<String> {
        let (table, quoted) = (sql_name(self.name), quote(name));
        let alter = format!("ALTER TABLE {table} ALTER COLUMN {quoted}");
        let renamed = self.folder.zip(self.live).and_then(|(folder, live)| renamed(folder, live));
        let (folder, live) = match (folder, live) {
            _ if renamed.is_some_and(|(new, old)| new.name == name || old.name == name) => {
                let (old, new) = renamed.map(|(new, old)| (old.name.as_str(), new.name.as_str())).unwrap_or_default();
                let rename = format!("ALTER TABLE {table} RENAME COLUMN {} TO {}", quote(old), quote(new));
                return vec![guess(old, new), rename];
            }
            (Some(folder), None) => {
                let mut made = vec![format!("ALTER TABLE {table} ADD COLUMN {}", table_sql::column(folder))];
                let said = folder.comment.as_ref();
                made.extend(said.map(|said| comment(&format!("COLUMN {table}.{quoted}"), Some(said))));
                return made;
            }
            (None, live) => {
                let mut dropped = self.possible_renames(live);
                dropped.extend([LOSES.to_owned(), format!("ALTER TABLE {table} DROP COLUMN {quoted}")]);
                return dropped;
            }
            (Some(folder), Some(live)) => (folder, live),
        };
        match rest {
            ["type" | "collation"] => {
                let collation = folder.collation.as_ref().map(|name| format!(" COLLATE {}", quote(name)));
                let (kind, collation) = (&folder.type_name, collation.unwrap_or_default());
                let retype = Retype { column: &quoted, from: &live.type_name, to: kind };
                let mut change: Vec<String> = retype.loses().map(|loses| format!("-- {loses}")).into_iter().collect();
                let using = retype.using().map(|expression| format!(" USING {expression}")).unwrap_or_default();
                change.push(format!("{alter} TYPE {kind}{collation}{using}"));
                (self.in_the_way)(name).around(change)
            }
            ["nullable"] if folder.nullable => vec![format!("{alter} DROP NOT NULL")],
            ["nullable"] => vec![format!("{alter} SET NOT NULL")],
            ["default"] => vec![match &folder.default {
                Some(default) => format!("{alter} SET DEFAULT {default}"),
                None => format!("{alter} DROP DEFAULT"),
            }],
            ["identity"] => match (&folder.identity, &live.identity) {
                (Some(how), Some(_)) => vec![format!("{alter} SET GENERATED {}", how.to_uppercase())],
                (Some(how), None) => vec![format!("{alter} ADD GENERATED {} AS IDENTITY", how.to_uppercase())],
                (None, _) => vec![format!("{alter} DROP IDENTITY")],
            },
            ["generated", ..] if folder.generated.is_none() => vec![format!("{alter} DROP EXPRESSION")],
            ["generated", ..] => vec![
                format!("ALTER TABLE {table} DROP COLUMN {quoted}"),
                format!("ALTER TABLE {table} ADD COLUMN {}", table_sql::column(folder)),
            ],
            ["grants"] => {
                let (on, column) = (format!("ON TABLE {table}"), format!(" ({quoted})"));
                self.rights.grants(&folder.grants, &live.grants, &on, &column)
            }
            ["comment"] => vec![comment(&format!("COLUMN {table}.{quoted}"), folder.comment.as_ref())],
            _ => Vec::new(),
        }
    }

    /// Missing columns that a superfluous one may be under another name, where that is not plain.
    fn possible_renames(&self, extra: Option<&Column>) -> Vec<String> {
        let (Some(extra), Some((folder, running))) = (extra, self.folder.zip(self.live)) else { return Vec::new() };
        let missing = folder.columns.iter().filter(|column| running.column(&column.name).is_none());
        let alike = missing.filter(|column| column.type_name == extra.type_name);
        let line = |column: &Column| {
            let (table, old, new) = (sql_name(self.name), quote(&extra.name), quote(&column.name));
            format!("-- or it is this one under another name: ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
        };
        alike.map(line).collect()
    }

    /// Whatever differs in a constraint, it is made anew.
    fn constraint(&self, kind: &str, name: &str) -> Vec<String> {
        let table = sql_name(self.name);
        let key_name = |table: Option<&Table>| {
            let key = table.and_then(|table| table.primary_key.as_ref());
            key.and_then(|key| key.constraint.clone()).unwrap_or_default()
        };
        let (made, gone) = match kind {
            "primary_key" => (key_name(self.folder), key_name(self.live)),
            _ => (name.to_owned(), name.to_owned()),
        };
        let mut statements = Vec::new();
        if self.live.and_then(|live| table_sql::constraint(live, kind, &gone)).is_some() {
            statements.push(format!("ALTER TABLE {table} DROP CONSTRAINT {}", quote(&gone)));
        }
        if let Some(definition) = self.folder.and_then(|folder| table_sql::constraint(folder, kind, &made)) {
            statements.push(format!("ALTER TABLE {table} ADD CONSTRAINT {} {definition}", quote(&made)));
        }
        statements
    }

    pub(super) fn index(&self, name: &str, rest: &[&str]) -> Vec<String> {
        let place = beside(self.name, name);
        let there = |table: Option<&Table>| table.is_some_and(|table| table.indexes.contains_key(name));
        let made = self.folder.and_then(|folder| folder.indexes.get(name));
        let said = made.and_then(|index| index.comment.as_ref());
        if rest == ["comment"] {
            return vec![comment(&format!("INDEX {place}"), said)];
        }
        // An index over partitions can be made and dropped at one stroke only.
        let parted = [self.folder, self.live].into_iter().flatten().any(|table| table.partition_key.is_some());
        let way = if parted { "" } else { "CONCURRENTLY " };
        let mut statements = Vec::new();
        if there(self.live) {
            statements.push(format!("DROP INDEX {way}{place}"));
        }
        if let Some(definition) = made.and_then(|index| index.definition.as_ref()) {
            // Of an index over partitions the catalogue says the part that is the parent's.
            let definition = if parted { definition.replacen(" ON ONLY ", " ON ", 1) } else { definition.clone() };
            statements.push(definition.replacen("INDEX ", &format!("INDEX {way}"), 1));
            statements.extend(said.map(|said| comment(&format!("INDEX {place}"), Some(said))));
        }
        statements
    }

    pub(super) fn trigger(&self, name: &str, rest: &[&str]) -> Vec<String> {
        let (table, quoted) = (sql_name(self.name), quote(name));
        let made = self.folder.and_then(|folder| folder.triggers.get(name));
        let there = self.live.is_some_and(|live| live.triggers.contains_key(name));
        match (made, rest) {
            (Some(made), ["comment"]) => vec![comment(&format!("TRIGGER {quoted} ON {table}"), made.comment.as_ref())],
            (Some(made), ["state"]) => vec![state(&table, &quoted, made)],
            _ => {
                let mut statements = Vec::new();
                if there {
                    statements.push(format!("DROP TRIGGER {quoted} ON {table}"));
                }
                statements.extend(made.map(|made| made.definition.clone()));
                statements.extend(made.filter(|made| made.state.is_some()).map(|made| state(&table, &quoted, made)));
                statements
            }
        }
    }

    pub(super) fn policy(&self, name: &str) -> Vec<String> {
        let table = sql_name(self.name);
        let mut statements = Vec::new();
        if self.live.is_some_and(|live| live.policies.contains_key(name)) {
            statements.push(format!("DROP POLICY {} ON {table}", quote(name)));
        }
        let made = self.folder.and_then(|folder| folder.policies.get(name));
        statements.extend(made.map(|made| table_sql::policy(&table, name, made, |role| self.rights.role(role))));
        statements
    }

    fn partition(&self, name: &str, rest: &[&str]) -> Vec<String> {
        let of = |table: Option<&Table>| table.and_then(|table| table.partitions.get(name)).cloned();
        let (folder, live) = (of(self.folder), of(self.live));
        let (own, parent) = (parsed(name), sql_name(self.name));
        match (rest, &folder, &live) {
            (["table", rest @ ..], Some(folder), Some(live)) => {
                let (folder, live) = (Some(&folder.table), Some(&live.table));
                Change { name: &own, folder, live, rights: self.rights, in_the_way: self.in_the_way }.mend(rest)
            }
            (_, Some(partition), None) => {
                self.folder.map(|folder| self.made_partition(folder, name, partition)).unwrap_or_default()
            }
            (["bound"], Some(folder), Some(_)) => vec![
                format!("ALTER TABLE {parent} DETACH PARTITION {}", sql_name(&own)),
                format!("ALTER TABLE {parent} ATTACH PARTITION {} {}", sql_name(&own), folder.bound),
            ],
            _ => Vec::new(),
        }
    }
}

/// The one column that the running table lacks, and the one that it has beside, where they are alike: most often the one
/// is the other under another name.
pub(in crate::check::live) fn renamed<'a>(folder: &'a Table, live: &'a Table) -> Option<(&'a Column, &'a Column)> {
    let mut missing = folder.columns.iter().filter(|column| live.column(&column.name).is_none());
    let mut extra = live.columns.iter().filter(|column| folder.column(&column.name).is_none());
    let pair = (missing.next()?, extra.next()?);
    let alone = missing.next().is_none() && extra.next().is_none();
    let alike = pair.0.type_name == pair.1.type_name && pair.0.nullable == pair.1.nullable;
    (alone && alike).then_some(pair)
}

pub(super) fn guess(old: &str, new: &str) -> String {
    format!("-- taking `{old}` for `{new}` under another name; if it is not, add the one and drop the other")
}

/// Looks at the rows from before a constraint.
pub(in crate::check::live) fn validated(table: &str, constraint: &str) -> String {
    format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", quote(constraint))
}

fn state(table: &str, trigger: &str, made: &Trigger) -> String {
    let word = match made.state.as_deref() {
        Some("disabled") => "DISABLE",
        Some("replica") => "ENABLE REPLICA",
        Some("always") => "ENABLE ALWAYS",
        _ => "ENABLE",
    };
    format!("ALTER TABLE {table} {word} TRIGGER {trigger}")
}

pub(super) fn row_security(table: &str, security: RowSecurity) -> Vec<String> {
    let (on, forced) = match security {
        RowSecurity::Off => ("DISABLE", "NO FORCE"),
        RowSecurity::On => ("ENABLE", "NO FORCE"),
        RowSecurity::Forced => ("ENABLE", "FORCE"),
    };
    vec![
        format!("ALTER TABLE {table} {on} ROW LEVEL SECURITY"),
        format!("ALTER TABLE {table} {forced} ROW LEVEL SECURITY"),
    ]
}

pub(super) fn options(table: &str, folder: &[String], live: &[String]) -> Vec<String> {
    let mut statements = Vec::new();
    for option in live.iter().filter(|option| !folder.contains(option)) {
        statements.push(match (option.as_str(), option.split_once('=')) {
            ("unlogged", _) => format!("ALTER TABLE {table} SET LOGGED"),
            (_, Some((name, _))) => format!("ALTER TABLE {table} RESET ({name})"),
            _ => continue,
        });
    }
    for option in folder.iter().filter(|option| !live.contains(option)) {
        statements.push(match option.as_str() {
            "unlogged" => format!("ALTER TABLE {table} SET UNLOGGED"),
            other => format!("ALTER TABLE {table} SET ({other})"),
        });
    }
    statements
}
