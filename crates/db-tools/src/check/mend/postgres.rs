//! PostgreSQL: an ALTER TABLE for nearly everything.

use atriz_db::Engine;

use super::apply::{applied, names, stands_alone};
use super::spell::{column, create_index, default_of, foreign_key, is_collation, list, quoted, table_name};
use super::{Side, Wanted};
use crate::check::in_the_way::{self, InTheWay, mentions};
use crate::check::retype::Retype;
use crate::introspect::Name;
use crate::logical::{
    Check, Column, ColumnType, Difference, DifferenceKind as Kind, ForeignKey, Index, Table, expression,
};

const ENGINE: Engine = Engine::Postgres;
/// What is said of a column that stands elsewhere on the other side.
const LAST: &str = "-- PostgreSQL puts a new column behind all others: the order is told then, and SQLite can follow";

pub(super) fn statements(one: &Difference, side: &Side<'_>, wanted: Wanted<'_>) -> Vec<String> {
    let found = if one.kind == Kind::TableMissing { create(one, side, wanted) } else { alter(one, side, wanted) };
    found.unwrap_or_else(|| by_hand(one, wanted))
}

/// What only a person can write, with what the other engine has to write it from.
pub(super) fn by_hand(one: &Difference, wanted: Wanted<'_>) -> Vec<String> {
    let there = wanted.twin.and_then(|twin| {
        let table = wanted.logical.tables.get(&one.object.table);
        let trigger =
            one.object.name.as_ref().and_then(|name| table?.triggers.get(name)).map(|one| one.definition.clone());
        let view = || twin.schema.views.iter().find(|(name, _)| name.name == one.object.table);
        trigger.or_else(|| view().map(|(_, view)| view.definition.clone()))
    });
    let what = there.or_else(|| one.left.clone()).or_else(|| one.right.clone()).unwrap_or_default();
    vec![format!(
        "-- write here what the other side has, as {}: {}",
        one.object,
        what.split_whitespace().collect::<Vec<_>>().join(" ")
    )]
}

fn create(one: &Difference, side: &Side<'_>, wanted: Wanted<'_>) -> Option<Vec<String>> {
    let name = &one.object.table;
    let goal = wanted.logical.tables.get(name)?;
    if wanted.twin.and_then(|twin| twin.own(name)).is_some_and(|own| own.definition.is_some()) {
        return None;
    }
    // Entities know the schema; SQLite does not, so it is that of the tables referred to, or of any.
    let referred = goal.foreign_keys.values().find_map(|key| side.table(&key.table));
    let near = referred.or_else(|| side.logical.tables.values().next()).map_or("", |table| table.schema.as_str());
    let schema = if goal.schema.is_empty() { near } else { &goal.schema };
    // A table that is new as well says itself where it goes, if anybody does.
    let schema_of = |other: &str| {
        let stands = side.table(other).map(|table| table.schema.as_str());
        let comes = wanted.logical.tables.get(other).map(|table| table.schema.as_str());
        stands.or(comes).filter(|found| !found.is_empty()).unwrap_or(schema)
    };
    let table = table_name(ENGINE, schema, name);
    let mut parts: Vec<String> = goal.columns.iter().map(|one| column(ENGINE, name, one)).collect();
    if let Some(key) = &goal.primary_key {
        let own = key.name.clone().unwrap_or_else(|| format!("pk_{name}"));
        parts.push(format!("CONSTRAINT {} PRIMARY KEY ({})", quoted(&own), list(&key.columns)));
    }
    let uniques = goal.indexes.iter().filter(|(_, index)| !stands_alone(index));
    parts.extend(uniques.map(|(name, index)| format!("CONSTRAINT {} {}", quoted(name), unique(index))));
    let key = |name: &String, key: &ForeignKey| {
        format!("CONSTRAINT {} {}", quoted(name), foreign_key(ENGINE, schema_of(&key.table), key))
    };
    let now = goal.foreign_keys.iter().filter(|(_, key)| side.place(&key.table) <= side.place(name));
    parts.extend(now.map(|(name, one)| key(name, one)));
    parts.extend(goal.checks.iter().map(|(name, one)| format!("CONSTRAINT {} {}", quoted(name), check(one))));
    let mut sql = vec![format!("CREATE TABLE {table} (\n    {}\n)", parts.join(",\n    "))];
    let plain = goal.indexes.iter().filter(|(_, index)| stands_alone(index));
    sql.extend(plain.map(|(name, index)| create_index(ENGINE, &table, name, index)));
    if goal.column("updated_at").is_some() {
        sql.extend(fill(side, schema, name));
    }
    // Tables before this one may have had to wait for it.
    for earlier in side.new_tables.iter().take_while(|earlier| *earlier != name) {
        let keys = wanted.logical.tables.get(earlier).into_iter().flat_map(|table| &table.foreign_keys);
        let table = table_name(ENGINE, schema_of(earlier), earlier);
        let waiting = keys.filter(|(_, key)| key.table == *name);
        sql.extend(waiting.map(|(name, one)| format!("ALTER TABLE {table} ADD {}", key(name, one))));
    }
    Some(sql)
}

fn unique(index: &Index) -> String {
    let columns: Vec<String> = index.keys.iter().map(|key| key.key.clone()).collect();
    format!("UNIQUE {}({})", if index.nulls_not_distinct { "NULLS NOT DISTINCT " } else { "" }, list(&columns))
}

fn check(check: &Check) -> String {
    format!("CHECK ({})", expression::spelt(&check.expression, ENGINE))
}

/// The trigger that fills `updated_at`, by the function of that name.
pub(super) fn fill(side: &Side<'_>, schema: &str, table: &str) -> Vec<String> {
    let mut functions: Vec<&str> = side.schema.functions.keys().filter_map(|name| name.strip_suffix("()")).collect();
    functions.retain(|name| name.ends_with("set_updated_at"));
    functions.sort_by_key(|name| !name.starts_with(&format!("{schema}.")));
    let Some(function) = functions.first() else {
        return vec![format!(
            "-- a function set_updated_at() first, as in other databases; then a trigger on {table} that calls it"
        )];
    };
    vec![format!(
        "CREATE TRIGGER {} BEFORE UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION {function}()",
        quoted(&format!("trg_{table}_updated_at")),
        table_name(ENGINE, schema, table)
    )]
}

/// A trigger that refuses every change of one kind, by the function that another one calls for that.
fn refuse(side: &Side<'_>, table: &str, trigger: &str, event: &str) -> Option<Vec<String>> {
    let refuses =
        |purposes: &std::collections::BTreeSet<String>| purposes.iter().any(|one| one.starts_with("refuses "));
    let function = side.logical.tables.iter().find_map(|(name, table)| {
        let (twin, _) = table.triggers.iter().find(|(_, trigger)| refuses(&trigger.purposes))?;
        side.own(name)?.triggers.get(twin)?.function.clone()
    })?;
    let name = quoted(trigger);
    Some(vec![format!("CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")])
}

/// A trigger for the purpose that the other side has; where the one that is there is good, its function is not.
fn trigger(one: &Difference, side: &Side<'_>, own: &Table, table: &str) -> Option<Vec<String>> {
    let (name, trigger) = (&one.object.table, one.object.name.as_deref()?);
    let purpose = one.right.as_deref().or(one.left.as_deref()).unwrap_or_default();
    let there = side.own(name).and_then(|own| own.triggers.get(trigger));
    let made = match purpose.strip_prefix("refuses ") {
        Some(event) => refuse(side, table, trigger, event)?,
        None => Some(fill(side, &own.schema, name)).filter(|_| purpose == "fills updated_at")?,
    };
    let same = |one: &str| made.iter().any(|made| made.replace('"', "") == one.replace('"', ""));
    match there {
        Some(there) if there.state.is_none() && same(&there.definition) => filling(there.function.as_ref()?, purpose),
        Some(_) => Some(std::iter::once(format!("DROP TRIGGER {} ON {table}", quoted(trigger))).chain(made).collect()),
        None => Some(made),
    }
}

/// The function that fills `updated_at`, as all databases have it.
fn filling(function: &str, purpose: &str) -> Option<Vec<String>> {
    (purpose == "fills updated_at").then(|| {
        vec![format!(
            "CREATE OR REPLACE FUNCTION {function}() RETURNS trigger\n    LANGUAGE plpgsql\n    SET search_path = ''\nAS \
             $$\nBEGIN\n    IF NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at AND NEW IS DISTINCT FROM OLD \
             THEN\n        NEW.updated_at := pg_catalog.now();\n    END IF;\n    RETURN NEW;\nEND;\n$$"
        )]
    })
}

fn alter(one: &Difference, side: &Side<'_>, wanted: Wanted<'_>) -> Option<Vec<String>> {
    let name = &one.object.table;
    let own = side.table(name)?;
    let table = table_name(ENGINE, &own.schema, name);
    if one.object.sort == "trigger" {
        if one.kind == Kind::NameDiffers {
            let (old, new) = names(one, wanted.logical.tables.get(name)?)?;
            return Some(vec![format!("ALTER TRIGGER {} ON {table} RENAME TO {}", quoted(old), quoted(new))]);
        }
        return trigger(one, side, own, &table);
    }
    let goal = applied(one, own, wanted)?;
    let part = one.object.name.as_deref().unwrap_or_default();
    let alter = |what: String| vec![format!("ALTER TABLE {table} {what}")];
    Some(match one.kind {
        Kind::ColumnMissing => {
            let mut made = alter(format!("ADD COLUMN {}", column(ENGINE, name, goal.column(part)?)));
            if goal.columns.last().is_some_and(|last| last.name != part) {
                made.insert(0, LAST.to_owned());
            }
            made
        }
        Kind::SchemaDiffers => alter(format!("SET SCHEMA {}", quoted(&goal.schema))),
        Kind::CollationDiffers if goal.column(part)?.collation.as_deref().is_some_and(is_collation) => return None,
        Kind::PrimaryKeyDiffers => {
            let columns = own.primary_key.as_ref().map(|key| key.columns.clone()).unwrap_or_default();
            around_keys(side, name, &columns, primary_key(name, own, &goal, &table))
        }
        Kind::IndexMissing | Kind::IndexDiffers => {
            let before = own.indexes.get(part);
            let unique = before.filter(|index| index.unique);
            let columns: Vec<String> =
                unique.into_iter().flat_map(|index| &index.keys).map(|key| key.key.clone()).collect();
            around_keys(side, name, &columns, index(&table, &own.schema, part, before, goal.indexes.get(part)?))
        }
        Kind::TypeDiffers | Kind::GeneratedDiffers | Kind::CollationDiffers => {
            let at = Name::new(own.schema.clone(), name);
            in_the_way::of_column(side.schema, &at, part).around(retyped(one.kind, name, own, &goal, wanted, part)?)
        }
        Kind::ForeignKeyMissing | Kind::ForeignKeyDiffers => {
            let key = goal.foreign_keys.get(part)?;
            let at = side.table(&key.table).map_or(own.schema.as_str(), |table| &table.schema);
            constraint(&table, part, own.foreign_keys.contains_key(part), &foreign(at, key))
        }
        Kind::CheckMissing | Kind::CheckDiffers => {
            constraint(&table, part, own.checks.contains_key(part), &check(goal.checks.get(part)?))
        }
        Kind::NameDiffers => {
            let (old, new) = names(one, wanted.logical.tables.get(name)?)?;
            rename(own, &table, old, new)
        }
        _ => altered_column(one.kind, name, &table, goal.column(part)?),
    })
}

/// A column of another kind. What compares it with something of its old kind goes and comes back as the other side has it.
fn retyped(kind: Kind, name: &str, own: &Table, goal: &Table, wanted: Wanted<'_>, part: &str) -> Option<Vec<String>> {
    let table = table_name(ENGINE, &own.schema, name);
    let (before, after) = (own.column(part)?, goal.column(part)?);
    let mut change = altered_column(kind, name, &table, after);
    if kind == Kind::TypeDiffers {
        change = altered_type(&table, before, after);
    }
    let is_like = |one: &ColumnType, other: &ColumnType| {
        one.is_whole_number() && other.is_whole_number() || one.is_text() && other.is_text()
    };
    if kind != Kind::TypeDiffers || is_like(&before.kind, &after.kind) {
        return Some(change);
    }
    let other = wanted.logical.tables.get(name);
    let (mut drops, mut makes) = (Vec::new(), Vec::new());
    let computed = own
        .columns
        .iter()
        .filter(|column| column.generated.as_ref().is_some_and(|generated| mentions(&generated.expression, part)));
    for one in computed {
        // What is indexed by it would go with it.
        if own.indexes.values().any(|index| index.keys.iter().any(|key| mentions(&key.key, &one.name))) {
            return None;
        }
        drops.push(format!("ALTER TABLE {table} DROP COLUMN {}", quoted(&one.name)));
        let one = other.and_then(|other| other.column(&one.name)).unwrap_or(one);
        makes.push(format!("ALTER TABLE {table} ADD COLUMN {}", column(ENGINE, name, one)));
    }
    if before.default.is_some() {
        drops.push(format!("ALTER TABLE {table} ALTER COLUMN {} DROP DEFAULT", quoted(part)));
        // What says the same in both types, `1` and `true`, is no difference of its own.
        let default = other.and_then(|other| other.column(part)).and_then(|other| other.default.clone());
        let column = Column { default: default.or_else(|| after.default.clone()), ..after.clone() };
        if column.default.is_some() {
            makes.extend(altered_column(Kind::DefaultDiffers, name, &table, &column));
        }
    }
    for (name, one) in own.checks.iter().filter(|(_, one)| mentions(&one.expression, part)) {
        drops.push(format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(name)));
        let one = other.and_then(|other| other.checks.get(name)).unwrap_or(one);
        makes.push(format!("ALTER TABLE {table} ADD CONSTRAINT {} {}", quoted(name), check(one)));
    }
    let reads = |index: &Index| {
        index.predicate.as_ref().is_some_and(|predicate| mentions(predicate, part))
            || index.keys.iter().any(|key| key.expression && mentions(&key.key, part))
    };
    for (index, one) in own.indexes.iter().filter(|(_, index)| stands_alone(index) && reads(index)) {
        drops.push(format!("DROP INDEX {}", table_name(ENGINE, &own.schema, index)));
        let one = other.and_then(|other| other.indexes.get(index)).unwrap_or(one);
        makes.push(create_index(ENGINE, &table, index, one));
    }
    Some(drops.into_iter().chain(change).chain(makes).collect())
}

/// A change of a key, around which the foreign keys go that need it to be one.
fn around_keys(side: &Side<'_>, name: &str, columns: &[String], change: Vec<String>) -> Vec<String> {
    let mut way = InTheWay::default();
    for (other, table) in &side.logical.tables {
        let needs = |key: &&ForeignKey| {
            key.table == name
                && key.referenced.len() == columns.len()
                && key.referenced.iter().all(|one| columns.contains(one))
        };
        for (key_name, key) in table.foreign_keys.iter().filter(|(_, key)| needs(key)) {
            let other = table_name(ENGINE, &table.schema, other);
            way.drops.push(format!("ALTER TABLE {other} DROP CONSTRAINT {}", quoted(key_name)));
            let at = side.table(name).map_or("", |table| table.schema.as_str());
            way.makes.push(format!("ALTER TABLE {other} ADD CONSTRAINT {} {}", quoted(key_name), foreign(at, key)));
        }
    }
    // A new key that nothing needed yet stands in nobody's way.
    if columns.is_empty() { change } else { way.around(change) }
}

fn foreign(schema: &str, key: &ForeignKey) -> String {
    foreign_key(ENGINE, schema, key)
}

/// One statement where the constraint is new, one that takes the old one out and puts the new one in where it is not.
fn constraint(table: &str, name: &str, there: bool, what: &str) -> Vec<String> {
    // A name in parentheses stands for none.
    if name.starts_with('(') {
        return vec![format!("ALTER TABLE {table} ADD {what}")];
    }
    let name = quoted(name);
    let drop = if there { format!("DROP CONSTRAINT {name}, ") } else { String::new() };
    vec![format!("ALTER TABLE {table} {drop}ADD CONSTRAINT {name} {what}")]
}

fn primary_key(name: &str, own: &Table, goal: &Table, table: &str) -> Vec<String> {
    let old = own.primary_key.as_ref().and_then(|key| key.name.clone());
    let constraint_name = old.clone().unwrap_or_else(|| format!("pk_{name}"));
    let drop = old.map_or(String::new(), |old| format!("DROP CONSTRAINT {}, ", quoted(&old)));
    let columns = goal.primary_key.as_ref().map(|key| list(&key.columns)).unwrap_or_default();
    vec![format!("ALTER TABLE {table} {drop}ADD CONSTRAINT {} PRIMARY KEY ({columns})", quoted(&constraint_name))]
}

fn index(table: &str, schema: &str, name: &str, own: Option<&Index>, goal: &Index) -> Vec<String> {
    if !stands_alone(goal) && goal.predicate.is_none() {
        return constraint(table, name, own.is_some_and(|own| !stands_alone(own)), &unique(goal));
    }
    let drop = own.map(|own| {
        if stands_alone(own) {
            format!("DROP INDEX {}", table_name(ENGINE, schema, name))
        } else {
            format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(name))
        }
    });
    drop.into_iter().chain([create_index(ENGINE, table, name, goal)]).collect()
}

/// Renames an index or a constraint.
pub(super) fn rename(own: &Table, table: &str, old: &str, new: &str) -> Vec<String> {
    let (old_name, new_name) = (quoted(old), quoted(new));
    if own.indexes.get(old).is_some_and(stands_alone) {
        return vec![format!("ALTER INDEX {} RENAME TO {new_name}", table_name(ENGINE, &own.schema, old))];
    }
    vec![format!("ALTER TABLE {table} RENAME CONSTRAINT {old_name} TO {new_name}")]
}

/// What values lose on the way stands before it; what is too long PostgreSQL refuses, unless a cast is written.
fn altered_type(table: &str, before: &Column, after: &Column) -> Vec<String> {
    let (column, from, to) = (quoted(&after.name), before.kind.postgres(), after.kind.postgres());
    let retype = Retype { column: &column, from: &from, to: &to };
    let using = retype.using().map(|expression| format!(" USING {expression}")).unwrap_or_default();
    let change = format!("ALTER TABLE {table} ALTER COLUMN {column} TYPE {to}{using}");
    retype.loses().map(|loses| format!("-- {loses}")).into_iter().chain([change]).collect()
}

fn altered_column(kind: Kind, name: &str, table: &str, goal: &crate::logical::Column) -> Vec<String> {
    let own = quoted(&goal.name);
    let alter = |what: String| vec![format!("ALTER TABLE {table} ALTER COLUMN {own} {what}")];
    match kind {
        Kind::CollationDiffers => {
            let collation = goal.collation.as_ref().map_or("\"default\"".to_owned(), |name| quoted(name));
            alter(format!("TYPE {} COLLATE {collation}", goal.kind.postgres()))
        }
        Kind::NullableDiffers => alter(format!("{} NOT NULL", if goal.nullable { "DROP" } else { "SET" })),
        Kind::DefaultDiffers => alter(match &goal.default {
            Some(default) => format!("SET DEFAULT {}", default_of(ENGINE, goal, default)),
            None => "DROP DEFAULT".to_owned(),
        }),
        Kind::IdentityDiffers if goal.identity => alter("ADD GENERATED BY DEFAULT AS IDENTITY".to_owned()),
        Kind::IdentityDiffers => alter("DROP IDENTITY".to_owned()),
        // How a column is computed cannot be changed; it is computed anew.
        _ => vec![
            format!("ALTER TABLE {table} DROP COLUMN {own}"),
            format!("ALTER TABLE {table} ADD COLUMN {}", column(ENGINE, name, goal)),
        ],
    }
}
