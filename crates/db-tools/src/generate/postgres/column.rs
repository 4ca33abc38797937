//! Columns of a table that is there.

use super::index::partition_name;
use super::{Writer, aside, index, rights, wanted, write};
use crate::generate::dropped::{mentions, shared_checks};
use crate::generate::names::{self, quoted};
use crate::generate::step::{Stage, Step, comment, mark};
use crate::generate::{types, views};
use crate::introspect::{self, Name, Table};
use crate::logical::{Column, ColumnType};

/// Whoever does what the question above it asks has answered lint as well.
const FILLED: &str = "-- atriz: lint-ignore backfill-in-ddl \"rows get their value with the column: whoever uses the table \
                      waits meanwhile\"";

impl Writer<'_> {
    pub(super) fn add_column(&mut self, name: &Name, column: &Column) {
        let table = write::table_name(name);
        let mut new = wanted::column(column);
        let required = !new.nullable && new.default.is_none() && new.identity.is_none();
        new.nullable |= required;
        let mut up = vec![format!("ALTER TABLE {table} ADD COLUMN {}", write::column(&new))];
        let written = quoted(&column.name);
        if required {
            let what = format!("{table}.{written}");
            up.push(mark(&format!(
                "what do the rows that are there get in {what}? Write it below, then take this line away; the file that \
                 ends in `_validated` forbids NULL"
            )));
            up.push(FILLED.to_owned());
            up.push(comment(&format!("UPDATE {table} SET {written} = … WHERE {written} IS NULL;")));
        }
        up.extend(write::column_comment(name, &new));
        self.push(Step::new(Stage::Main, up, vec![format!("ALTER TABLE {table} DROP COLUMN {written}")]));
        if required {
            self.set_not_null(name, &column.name);
        }
        if column.name == "updated_at" {
            self.updated_at(name);
        }
    }

    /// No scan under a lock that keeps writers out: a check that is not valid yet, then made valid, then the real thing.
    fn set_not_null(&mut self, name: &Name, column: &str) {
        let (table, written) = (write::table_name(name), quoted(column));
        let check = quoted(&names::made("ck", &[&name.name, column, "not_null"]));
        let add = format!("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({written} IS NOT NULL) NOT VALID");
        let drop = format!("ALTER TABLE {table} DROP CONSTRAINT {check}");
        self.push(Step::main(add.clone(), drop.clone()));
        self.validate(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {check}"), vec![]);
        let up = vec![format!("ALTER TABLE {table} ALTER COLUMN {written} SET NOT NULL"), drop];
        let down = vec![format!("ALTER TABLE {table} ALTER COLUMN {written} DROP NOT NULL"), add];
        self.push(Step::new(Stage::Finish, up, down));
    }

    /// The trigger that fills `updated_at` in.
    fn updated_at(&mut self, name: &Name) {
        self.need_function(&name.schema);
        let (trigger, made) = wanted::updated_at(name);
        self.push(Step::main(
            made.definition,
            format!("DROP TRIGGER {} ON {}", quoted(&trigger), write::table_name(name)),
        ));
    }

    pub(super) fn alter_column(
        &mut self,
        name: &Name,
        is: &introspect::Column,
        column: &Column,
        what: (bool, bool, bool),
    ) {
        let new = wanted::column(column);
        let (kind, nullable, default) = what;
        if is.generated.is_some() {
            // Computed, it is made anew beside this; else it is plain from here on, and its way back stands there too.
            if views::is_unlike(self.schema, name, &column.name, &column.kind) {
                self.change_type(name, is, &new);
                self.steps.last_mut().into_iter().for_each(|step| step.down.clear());
            }
        } else if kind {
            self.change_type(name, is, &new);
        } else if default {
            self.push(Step::main(set_default(name, &new), set_default(name, is)));
        }
        if !nullable {
            return;
        }
        let (table, written) = (write::table_name(name), quoted(&new.name));
        if new.nullable {
            let up = format!("ALTER TABLE {table} ALTER COLUMN {written} DROP NOT NULL");
            let down = format!("ALTER TABLE {table} ALTER COLUMN {written} SET NOT NULL");
            self.push(Step::main(up, down));
        } else {
            self.push(Step::new(Stage::Main, vec![comment(&not_null_remark(&table, &written))], vec![]));
            self.set_not_null(name, &new.name);
        }
    }

    /// A default of the old type might not become one of the new, so it is set anew.
    fn change_type(&mut self, name: &Name, is: &introspect::Column, new: &introspect::Column) {
        let way = |from: &introspect::Column, to: &introspect::Column, back: bool| {
            let (table, written) = (write::table_name(name), quoted(&to.name));
            let mut lines = Vec::new();
            if from.default.is_some() {
                lines.push(format!("ALTER TABLE {table} ALTER COLUMN {written} DROP DEFAULT"));
            }
            let short = types::short(&to.type_name);
            let (said, using) = converted(&table, &written, from, to, back);
            lines.extend(said);
            lines.push(format!("ALTER TABLE {table} ALTER COLUMN {written} TYPE {short}{using}"));
            if to.default.is_some() {
                lines.push(set_default(name, to));
            }
            lines
        };
        let mut back = way(new, is, true);
        if !is_widened(&new.type_name, &is.type_name) {
            let place = back.iter().position(|line| line.contains(" TYPE ")).unwrap_or_default();
            let word = "-- atriz: lint-ignore changing-column-type \"the way back of a release: nobody reads or writes \
                        meanwhile\"";
            back.insert(place, word.to_owned());
        }
        let mut up = way(is, new, false);
        let table = write::table_name(name);
        for (check, expression) in self.conditions(name, is, new) {
            let gone = quoted(&check);
            let add = format!("ALTER TABLE {table} ADD CONSTRAINT {gone} CHECK ({expression})");
            up.insert(0, format!("ALTER TABLE {table} DROP CONSTRAINT {gone}"));
            up.push(mark(&format!(
                "how does the condition of {check} read where {} is {}? Write it below, and on SQLite, then take this line \
                 away",
                new.name,
                types::short(&new.type_name)
            )));
            up.push(comment(&format!("{add};")));
            back.insert(0, format!("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {gone}"));
            back.push(add);
        }
        let mut step = Step::new(Stage::Main, up, back);
        if !is_widened(&is.type_name, &new.type_name) {
            step =
                step.remark(&format!("Every row of {table} is written anew, and nobody reads or writes it meanwhile."));
        }
        self.push(step);
    }

    /// The CHECKs that no one can translate: they use a column that will hold something of another kind.
    fn conditions(&self, name: &Name, is: &introspect::Column, new: &introspect::Column) -> Vec<(String, String)> {
        let kind = |column: &introspect::Column| ColumnType::from_postgres(&column.type_name);
        let Some(table) = self.is(name).filter(|_| !types::is_alike(&kind(is), &kind(new))) else { return Vec::new() };
        let using = table.checks.iter().filter(|(_, check)| mentions(&check.expression, &is.name));
        using.map(|(name, check)| (name.clone(), check.expression.clone())).collect()
    }

    pub(super) fn drop_column(&mut self, name: &Name, is: &Table, column: &introspect::Column) {
        let (table, written) = (write::table_name(name), quoted(&column.name));
        let (mut up, mut down) = (Vec::new(), Vec::new());
        up.push(comment(&format!("What {table}.{written} holds is lost.")));
        up.extend(shared_checks(is, &column.name).iter().map(|check| comment(&format!("{}.", check.words()))));
        let trigger = names::made("trg", &[&name.name, &column.name]);
        if let Some(trigger_is) = is.triggers.get(&trigger) {
            up.push(format!("DROP TRIGGER {} ON {table}", quoted(&trigger)));
            down.extend(aside::trigger_made(name, &trigger, trigger_is));
        }
        up.push(format!("ALTER TABLE {table} DROP COLUMN {written}"));
        let mut back = readded(name, column);
        let partitions = is.partitions.iter().map(|(shown, one)| (partition_name(name, shown), &one.table));
        back.extend(partitions.flat_map(|(part, one)| {
            let own = one.column(&column.name).into_iter();
            own.flat_map(|own| write::column_comment(&part, own).into_iter().chain(rights::of_column(&part, own)))
                .collect::<Vec<_>>()
        }));
        let mut is = is.clone();
        is.foreign_keys.retain(|key, _| !self.apart.iter().any(|one| one.table == *name && one.name == *key));
        back.extend(hanging(name, &is, &column.name));
        back.extend(down);
        self.push(Step::new(Stage::Main, up, back));
    }
}

/// What somebody has to decide on or to know, and the expression behind USING where PostgreSQL does not convert by itself.
fn converted(
    table: &str,
    column: &str,
    from: &introspect::Column,
    to: &introspect::Column,
    back: bool,
) -> (Option<String>, String) {
    let (old, new) = (types::short(&from.type_name), types::short(&to.type_name));
    let Some(cast) = types::postgres_cast(column, &from.type_name, &to.type_name) else {
        let question =
            format!("how does {old} become {new} in {table}.{column}? Write it behind USING, then take this line away");
        return (Some(mark(&question)), format!(" USING NULL::{new}"));
    };
    let said = cast.loses.map(|loses| {
        if back {
            return comment(&format!("Where {old} becomes {new} in {table}.{column}, {loses}."));
        }
        mark(&format!(
            "{old} becomes {new} in {table}.{column}, and {loses}. Is that wanted? If not, write another expression \
             behind USING; then take this line away"
        ))
    });
    (said, cast.expression.map(|expression| format!(" USING {expression}")).unwrap_or_default())
}

fn not_null_remark(table: &str, column: &str) -> String {
    format!("Rows of {table} without {column} stop the file that ends in `_validated`: give them a value first.")
}

fn set_default(name: &Name, column: &introspect::Column) -> String {
    let (table, written) = (write::table_name(name), quoted(&column.name));
    match &column.default {
        Some(default) => format!("ALTER TABLE {table} ALTER COLUMN {written} SET DEFAULT {default}"),
        None => format!("ALTER TABLE {table} ALTER COLUMN {written} DROP DEFAULT"),
    }
}

/// Whether PostgreSQL leaves the rows alone.
fn is_widened(from: &str, to: &str) -> bool {
    match (ColumnType::from_postgres(from), ColumnType::from_postgres(to)) {
        (ColumnType::Varchar(_), ColumnType::Text | ColumnType::Varchar(None))
        | (ColumnType::Text, ColumnType::Varchar(None)) => true,
        (ColumnType::Varchar(Some(old)), ColumnType::Varchar(Some(new))) => new >= old,
        _ => false,
    }
}

/// A column that comes back: rows that are there get a value for what is lost, where it takes no NULL.
fn readded(name: &Name, column: &introspect::Column) -> Vec<String> {
    let table = write::table_name(name);
    let plain = column.nullable || column.default.is_some() || column.identity.is_some() || column.generated.is_some();
    let filler = types::postgres_filler(&column.type_name).filter(|_| !plain);
    let mut lines = match filler {
        Some(filler) => {
            let with_value = introspect::Column { default: Some(filler.to_owned()), ..column.clone() };
            vec![
                comment(&format!(
                    "What {}.{} held is lost: rows that are there get {filler}.",
                    table,
                    quoted(&column.name)
                )),
                format!("ALTER TABLE {table} ADD COLUMN {}", write::column(&with_value)),
                format!("ALTER TABLE {table} ALTER COLUMN {} DROP DEFAULT", quoted(&column.name)),
            ]
        }
        None => vec![format!("ALTER TABLE {table} ADD COLUMN {}", write::column(column))],
    };
    lines.extend(write::column_comment(name, column));
    lines.extend(rights::of_column(name, column));
    lines
}

/// The statements that make what goes away with a column.
pub(super) fn hanging(name: &Name, is: &Table, column: &str) -> Vec<String> {
    let table = write::table_name(name);
    let owned = column.to_owned();
    let add = |constraint: String| format!("ALTER TABLE {table} ADD {constraint}");
    let uniques =
        is.uniques.iter().filter(|(_, unique)| unique.columns.contains(&owned) || unique.include.contains(&owned));
    let checks = is.checks.iter().filter(|(_, check)| mentions(&check.expression, column));
    let exclusions = is.exclusions.iter().filter(|(_, text)| mentions(text, column));
    let keys = is.foreign_keys.iter().filter(|(_, key)| key.columns.contains(&owned));
    let indexes = is.indexes.iter().filter(|(_, index)| {
        index
            .definition
            .as_ref()
            .is_some_and(|text| text.split_once('(').is_some_and(|(_, keys)| mentions(keys, column)))
    });
    let mut lines: Vec<String> = uniques.map(|(unique, one)| add(write::unique(unique, one))).collect();
    let shared: Vec<String> = shared_checks(is, column).into_iter().map(|check| check.name).collect();
    for (check, one) in checks {
        if shared.contains(check) {
            lines.push(comment(&format!("Rows have to fit {check} again: correct what is lost of them before.")));
            let word = "-- atriz: lint-ignore constraint-missing-not-valid \"the way back of a release: nobody reads or \
                        writes meanwhile\"";
            lines.push(word.to_owned());
        }
        lines.push(add(format!("CONSTRAINT {} CHECK ({})", quoted(check), one.expression)));
    }
    lines.extend(exclusions.map(|(exclusion, text)| add(format!("CONSTRAINT {} {text}", quoted(exclusion)))));
    lines.extend(keys.map(|(key, one)| add(write::foreign_key(key, one))));
    let commented = write::constraint_comments(name, is, |constraint| {
        let starts = format!(" CONSTRAINT {} ", quoted(constraint));
        lines.iter().any(|line| line.contains(&starts))
    });
    lines.extend(commented);
    lines.extend(indexes.flat_map(|(index, one)| index::again(name, is, index, one)));
    lines
}
