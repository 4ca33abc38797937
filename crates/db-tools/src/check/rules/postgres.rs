//! What PostgreSQL can do to a table, and SQLite cannot follow.

use super::super::mend::{self, Side};
use super::{Broken, Subject};
use crate::check::live::table_sql;
use crate::introspect::{Key, RowSecurity, Table, Unique};
use crate::scratch::quote;

const NOT_VALID: &str = "constraint_not_valid";
const DEFERRED: &str = "constraint_deferrable";
const NO_INHERIT: &str = "check_no_inherit";
const UNLOGGED: &str = "table_unlogged";
const SECURED: &str = "row_security";
const PARTED: &str = "partition_check";
const REWRITTEN: &str = "rule_rewrites";
pub(super) const SCHEMA: &str = "schema_unknown";

/// What of it is told by itself, whatever else differs.
pub(super) const KINDS: [&str; 8] = [NOT_VALID, DEFERRED, PARTED, NO_INHERIT, UNLOGGED, SECURED, REWRITTEN, SCHEMA];

pub(super) fn of<'a>(subject: &Subject<'a>, schemas: &[String]) -> Vec<Broken<'a>> {
    let Some(own) = subject.own() else { return Vec::new() };
    let mut found = constraints(subject, own);
    found.extend(deferrable(subject, own));
    found.extend(of_partitions(subject, own));
    let table = sql_name(subject);
    let mut tell = |kind: &'static str, is: &str, should: &str, mend: Vec<String>| {
        found.push(Broken {
            object: subject.object("table", None),
            kind,
            is: is.to_owned(),
            should: should.to_owned(),
            mend: mend::stated(subject.side, mend),
        });
    };
    if own.options.iter().any(|option| option == "unlogged") {
        let mend = vec![format!("ALTER TABLE {table} SET LOGGED")];
        tell(UNLOGGED, "is unlogged: a crash empties it", "rows stay once they are committed", mend);
    }
    if own.row_security != RowSecurity::Off || !own.policies.is_empty() {
        let policies: Vec<String> = own.policies.keys().map(|name| quote(name)).collect();
        let is = format!("row level security {}, policies {}", state(own), said(&policies));
        let mend = vec![
            "-- SQLite shows every row to everybody: say in differences.toml who keeps rows apart there, or go without:"
                .to_owned(),
            format!("--   ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"),
        ];
        tell(SECURED, &is, "both engines show the same rows", mend);
    }
    let schema = &subject.table.schema;
    let is_twice = subject.side.schema.tables.keys().filter(|name| name.name == subject.name).count() > 1;
    if schema != "public" && !schemas.contains(schema) && !is_twice {
        let home = schemas.first().map_or("public", String::as_str);
        let mend = vec![format!("ALTER TABLE {table} SET SCHEMA {}", quote(home))];
        let should = format!("one of public, {}: no other is on the search path", schemas.join(", "));
        tell(SCHEMA, &format!("stands in schema {schema}"), should.trim_end_matches(", "), mend);
    }
    found
}

fn state(table: &Table) -> &'static str {
    match table.row_security {
        RowSecurity::Off => "off",
        RowSecurity::On => "on",
        RowSecurity::Forced => "on, for the owner too",
    }
}

fn said(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn sql_name(subject: &Subject<'_>) -> String {
    format!("{}.{}", quote(&subject.table.schema), quote(subject.name))
}

fn constraints<'a>(subject: &Subject<'a>, own: &Table) -> Vec<Broken<'a>> {
    let mut found = Vec::new();
    let table = sql_name(subject);
    let keys = own.foreign_keys.iter().filter(|(_, key)| key.not_valid).map(|(name, _)| ("foreign key", name));
    let checks = own.checks.iter().filter(|(_, check)| check.not_valid).map(|(name, _)| ("check", name));
    for (sort, name) in checks.chain(keys) {
        found.push(Broken {
            object: subject.object(sort, Some(name)),
            kind: NOT_VALID,
            is: "not valid: rows from before it were never looked at".to_owned(),
            should: "it holds for all rows, as on SQLite".to_owned(),
            mend: mend::stated(subject.side, vec![format!("ALTER TABLE {table} VALIDATE CONSTRAINT {}", quote(name))]),
        });
    }
    for (name, check) in own.checks.iter().filter(|(_, check)| check.no_inherit) {
        let (constraint, expression) = (quote(name), &check.expression);
        found.push(Broken {
            object: subject.object("check", Some(name)),
            kind: NO_INHERIT,
            is: "no inherit: tables below this one go without it".to_owned(),
            should: "it holds for all rows, as on SQLite".to_owned(),
            mend: mend::stated(
                subject.side,
                vec![format!(
                    "ALTER TABLE {table} DROP CONSTRAINT {constraint}, ADD CONSTRAINT {constraint} CHECK ({expression})"
                )],
            ),
        });
    }
    found
}

/// Keys that rows may break until the end of a transaction: on SQLite a row that breaks one is refused at once.
fn deferrable<'a>(subject: &Subject<'a>, own: &Table) -> Vec<Broken<'a>> {
    let table = sql_name(subject);
    let keys = own.primary_key.iter().filter_map(|key| {
        let (name, when) = (key.constraint.as_ref()?, key.deferrable.as_ref()?);
        Some(("primary key", name, when, table_sql::primary_key(&Key { deferrable: None, ..key.clone() })))
    });
    let uniques = own.uniques.iter().filter_map(|(name, unique)| {
        let plain = Unique { deferrable: None, ..unique.clone() };
        Some(("index", name, unique.deferrable.as_ref()?, table_sql::unique(&plain)))
    });
    let broken = |(sort, name, when, plain): (&'static str, &String, &String, String)| {
        let constraint = quote(name);
        Broken {
            object: subject.object(sort, (sort == "index").then_some(name.as_str())),
            kind: DEFERRED,
            is: format!("{when}: rows may break it until the transaction ends"),
            should: "a row that breaks it is refused at once, as on SQLite".to_owned(),
            mend: mend::stated(
                subject.side,
                vec![format!("ALTER TABLE {table} DROP CONSTRAINT {constraint}, ADD CONSTRAINT {constraint} {plain}")],
            ),
        }
    };
    keys.chain(uniques).map(broken).collect()
}

/// CHECKs that one partition has and its parent does not: a row is taken or refused by where it belongs.
fn of_partitions<'a>(subject: &Subject<'a>, own: &Table) -> Vec<Broken<'a>> {
    let mut found = Vec::new();
    for (partition, one) in &own.partitions {
        for name in one.table.checks.keys().filter(|name| !own.checks.contains_key(*name)) {
            let drop = format!(
                "ALTER TABLE {} DROP CONSTRAINT {}",
                table_sql::sql_name(&table_sql::parsed(partition)),
                quote(name)
            );
            found.push(Broken {
                object: subject.object("check", Some(name)),
                kind: PARTED,
                is: format!("on partition {partition} alone"),
                should: "a row is held against the same conditions in every partition, as on SQLite".to_owned(),
                mend: mend::stated(subject.side, vec![drop]),
            });
        }
    }
    found
}

/// Rules that put other statements in the place of those that an app sends.
pub(super) fn rewriting<'a>(side: &'a Side<'a>) -> Vec<Broken<'a>> {
    let rules = side.schema.others.keys().filter_map(|name| name.strip_prefix("rule ")?.split_once(" on "));
    let broken = rules.map(|(rule, table)| Broken {
        object: format!("rule {}.{}", table.rsplit('.').next().unwrap_or(table), rule),
        kind: REWRITTEN,
        is: "a rule puts other statements in the place of those that were sent".to_owned(),
        should: "both engines do what they are told; a trigger can be written for both".to_owned(),
        mend: mend::stated(side, vec![format!("DROP RULE {rule} ON {table}")]),
    });
    broken.collect()
}
