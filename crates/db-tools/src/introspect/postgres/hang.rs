//! Hangs columns, keys, indexes, triggers and policies on their tables.

use std::collections::HashMap;

use super::rights::Roles;
use super::rows::{ColumnRow, Constraint, IndexRow, PolicyRow, Relation, TriggerRow};
use super::tables::Hanging;
use crate::introspect::{
    Check, Column, ForeignKey, Generated, Index, IndexColumn, Key, Name, Policy, Table, Trigger, Unique,
};

pub(super) fn all(tables: &mut HashMap<i64, (Relation, Table)>, hanging: Hanging, roles: &Roles) {
    let mut on = |relation: i64, hang: &mut dyn FnMut(&mut Table)| {
        if let Some((_, table)) = tables.get_mut(&relation) {
            hang(table);
        }
    };
    for row in hanging.columns {
        on(row.relation, &mut |table| table.columns.push(column(&row, roles)));
    }
    for row in hanging.constraints {
        on(row.relation, &mut |table| constraint(table, &row));
    }
    for row in hanging.indexes {
        on(row.relation, &mut |table| drop(table.indexes.insert(row.name.clone(), index(&row))));
    }
    for row in hanging.triggers {
        on(row.relation, &mut |table| drop(table.triggers.insert(row.name.clone(), trigger(&row))));
    }
    for row in hanging.policies {
        on(row.relation, &mut |table| drop(table.policies.insert(row.name.clone(), policy(&row, roles))));
    }
}

fn column(row: &ColumnRow, roles: &Roles) -> Column {
    let generated = (!row.generated.is_empty())
        .then(|| Generated { expression: row.expression.clone().unwrap_or_default(), stored: row.generated == "s" });
    let identity = match row.identity.as_str() {
        "a" => Some("always".to_owned()),
        "d" => Some("by default".to_owned()),
        _ => None,
    };
    Column {
        name: row.name.clone(),
        type_name: row.type_name.clone(),
        nullable: !row.not_null,
        default: row.expression.clone().filter(|_| generated.is_none()),
        identity,
        generated,
        collation: row.collation.clone(),
        hidden: false,
        grants: roles.grants(row.rights.as_ref()),
        comment: row.comment.clone(),
    }
}

fn constraint(table: &mut Table, row: &Constraint) {
    let (name, comment) = (row.name.clone(), row.comment.clone());
    let (columns, include, deferrable) = (row.columns.clone(), row.include.clone(), deferrable(row));
    match row.kind.as_str() {
        "p" => table.primary_key = Some(Key { constraint: Some(name), columns, include, deferrable }),
        "u" => {
            let nulls_not_distinct = row.nulls_not_distinct;
            table.uniques.insert(name, Unique { columns, include, nulls_not_distinct, deferrable, comment });
        }
        "f" => drop(table.foreign_keys.insert(name, foreign_key(row))),
        "c" => {
            let expression = row.expression.clone().unwrap_or_default();
            let (not_valid, no_inherit) = (row.not_valid, row.no_inherit);
            table.checks.insert(name, Check { expression, not_valid, no_inherit, comment });
        }
        _ => drop(table.exclusions.insert(name, row.definition.clone().unwrap_or_default())),
    }
}

fn foreign_key(row: &Constraint) -> ForeignKey {
    let mut on_delete = action(&row.on_delete);
    if !row.set_columns.is_empty() {
        on_delete = format!("{on_delete} ({})", row.set_columns.join(", "));
    }
    ForeignKey {
        columns: row.columns.clone(),
        table: Name::new(row.foreign_schema.clone().unwrap_or_default(), row.foreign_table.clone().unwrap_or_default()),
        referenced: row.referenced.clone(),
        on_delete,
        on_update: action(&row.on_update),
        matching: match row.matching.as_str() {
            "f" => Some("full".to_owned()),
            "p" => Some("partial".to_owned()),
            _ => None,
        },
        deferrable: deferrable(row),
        not_valid: row.not_valid,
        comment: row.comment.clone(),
    }
}

fn action(letter: &str) -> String {
    let action = match letter {
        "r" => "restrict",
        "c" => "cascade",
        "n" => "set null",
        "d" => "set default",
        _ => "no action",
    };
    action.to_owned()
}

fn deferrable(row: &Constraint) -> Option<String> {
    match (row.deferrable, row.deferred) {
        (true, true) => Some("initially deferred".to_owned()),
        (true, false) => Some("deferrable".to_owned()),
        _ => None,
    }
}

fn index(row: &IndexRow) -> Index {
    let columns = row.columns.iter().map(|column| {
        let (descending, nulls_first) = (column.options & 1 != 0, column.options & 2 != 0);
        IndexColumn {
            key: column.key.clone(),
            expression: column.expression,
            descending,
            nulls_moved: descending != nulls_first,
            collation: column.collation.clone(),
            operator_class: column.class.clone(),
        }
    });
    Index {
        unique: row.unique,
        columns: columns.collect(),
        include: row.include.clone(),
        method: Some(row.method.clone()).filter(|method| method != "btree"),
        predicate: row.predicate.clone(),
        nulls_not_distinct: row.nulls_not_distinct,
        invalid: row.invalid,
        definition: Some(row.definition.clone()),
        comment: row.comment.clone(),
    }
}

fn trigger(row: &TriggerRow) -> Trigger {
    let state = match row.state.as_str() {
        "D" => Some("disabled".to_owned()),
        "R" => Some("replica".to_owned()),
        "A" => Some("always".to_owned()),
        _ => None,
    };
    Trigger {
        definition: row.definition.clone(),
        function: Some(row.function.clone()),
        state,
        comment: row.comment.clone(),
    }
}

fn policy(row: &PolicyRow, roles: &Roles) -> Policy {
    let command = match row.command.as_str() {
        "r" => "select",
        "a" => "insert",
        "w" => "update",
        "d" => "delete",
        _ => "all",
    };
    let mut names: Vec<String> = row.roles.iter().map(|role| roles.name(*role)).collect();
    names.sort();
    Policy {
        command: command.to_owned(),
        permissive: row.permissive,
        roles: names,
        using: row.using.clone(),
        check: row.check.clone(),
        comment: row.comment.clone(),
    }
}
