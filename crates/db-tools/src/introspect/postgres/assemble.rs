//! Puts the rows of the catalogues together.

use std::collections::BTreeMap;

use atriz_db::Engine;

use super::rights::Roles;
use super::rows::{Catalogue, Constraint, FunctionRow, SequenceRow, TypeRow};
use super::tables;
use crate::introspect::{Extension, Function, Name, Namespace, Schema, Sequence, Type};

pub(super) fn schema(catalogue: Catalogue) -> Schema {
    let mut schema = Schema::empty(Engine::Postgres);
    let roles = Roles::new(catalogue.roles);
    for row in catalogue.namespaces {
        let grants = roles.grants(row.rights.as_ref());
        let namespace =
            Namespace { owner: roles.name(row.owner), grants, default_grants: Vec::new(), comment: row.comment };
        schema.namespaces.insert(row.name, namespace);
    }
    for row in catalogue.default_rights {
        let lines = roles.default_grants(&row);
        match row.namespace.and_then(|name| schema.namespaces.get_mut(&name)) {
            Some(namespace) => namespace.default_grants.extend(lines),
            None => schema.others.extend(lines.into_iter().map(|line| (format!("default right {line}"), line))),
        }
    }
    schema.namespaces.values_mut().for_each(|namespace| namespace.default_grants.sort());
    let (of_domains, of_tables): (Vec<_>, Vec<_>) = catalogue.constraints.into_iter().partition(|row| row.domain != 0);
    let functions = catalogue.functions.into_iter().map(|row| (row.name.clone(), function(row, &roles)));
    schema.functions = functions.collect();
    schema.sequences = catalogue.sequences.into_iter().map(|row| sequence(row, &roles)).collect();
    schema.sequences.retain(|_, sequence| !is_tracking_sequence(sequence));
    schema.types = catalogue.types.into_iter().map(|row| named_type(row, &of_domains, &roles)).collect();
    let extension =
        |row: super::rows::ExtensionRow| (row.name, Extension { version: row.version, namespace: row.namespace });
    schema.extensions = catalogue.extensions.into_iter().map(extension).collect();
    schema.others.extend(catalogue.others.into_iter().map(|row| (row.name, row.definition)));
    let hanging = tables::Hanging {
        columns: catalogue.columns,
        constraints: of_tables,
        indexes: catalogue.indexes,
        triggers: catalogue.triggers,
        policies: catalogue.policies,
    };
    tables::add(&mut schema, catalogue.relations, hanging, &roles);
    schema
}

/// The numbers of the journal's lines.
fn is_tracking_sequence(sequence: &Sequence) -> bool {
    let owner = sequence.owned_by.as_deref().and_then(|column| column.strip_prefix("public.")?.split('.').next());
    owner.is_some_and(|table| atriz_db::TRACKING_TABLES.contains(&table))
}

fn function(row: FunctionRow, roles: &Roles) -> Function {
    let kind = match row.kind.as_str() {
        "p" => "procedure",
        "a" => "aggregate",
        "w" => "window",
        _ => "function",
    };
    Function {
        kind: kind.to_owned(),
        definition: row.definition,
        owner: roles.name(row.owner),
        grants: roles.grants(row.rights.as_ref()),
        comment: row.comment,
    }
}

fn sequence(row: SequenceRow, roles: &Roles) -> (Name, Sequence) {
    let sequence = Sequence {
        definition: row.definition,
        owned_by: row.owned_by,
        owner: roles.name(row.owner),
        grants: roles.grants(row.rights.as_ref()),
        comment: row.comment,
    };
    (Name::new(row.schema, row.name), sequence)
}

fn named_type(row: TypeRow, constraints: &[Constraint], roles: &Roles) -> (Name, Type) {
    let kind = match row.kind.as_str() {
        "e" => "enum",
        "d" => "domain",
        "c" => "composite",
        _ => "range",
    };
    let own = constraints.iter().filter(|constraint| constraint.domain == row.id);
    let checks: BTreeMap<_, _> =
        own.map(|own| (own.name.clone(), own.definition.clone().unwrap_or_default())).collect();
    let found = Type {
        kind: kind.to_owned(),
        members: row.members,
        base: row.base,
        checks,
        owner: roles.name(row.owner),
        grants: roles.grants(row.rights.as_ref()),
        comment: row.comment,
    };
    (Name::new(row.schema, row.name), found)
}
