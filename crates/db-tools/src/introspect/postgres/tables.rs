//! Tables and views, with what hangs on them.

use std::collections::HashMap;

use atriz_db::TRACKING_TABLES;

use super::hang;
use super::rights::Roles;
use super::rows::{ColumnRow, Constraint, IndexRow, PolicyRow, Relation, TriggerRow};
use crate::introspect::{Name, Partition, RowSecurity, Schema, Table, TableKind, View};

/// What hangs on tables and views.
pub(super) struct Hanging {
    pub(super) columns: Vec<ColumnRow>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) indexes: Vec<IndexRow>,
    pub(super) triggers: Vec<TriggerRow>,
    pub(super) policies: Vec<PolicyRow>,
}

/// Adds tables and views to `schema`; partitions to their parents.
pub(super) fn add(schema: &mut Schema, relations: Vec<Relation>, hanging: Hanging, roles: &Roles) {
    let mut made: HashMap<i64, (Relation, Table)> = HashMap::new();
    for mut relation in relations {
        if relation.schema == "public" && TRACKING_TABLES.contains(&relation.name.as_str()) {
            continue;
        }
        let table = table(&mut relation, roles);
        made.insert(relation.id, (relation, table));
    }
    hang::all(&mut made, hanging, roles);
    let mut children: HashMap<i64, Vec<i64>> = HashMap::new();
    for (id, (relation, _)) in &made {
        if let Some(parent) = relation.parent.filter(|parent| made.contains_key(parent)) {
            children.entry(parent).or_default().push(*id);
        }
    }
    let nested: Vec<i64> = children.values().flatten().copied().collect();
    let roots: Vec<i64> = made.keys().copied().filter(|id| !nested.contains(id)).collect();
    for id in roots {
        let Some((relation, table)) = take(id, &mut made, &children) else { continue };
        let name = Name::new(relation.schema.clone(), relation.name.clone());
        if matches!(relation.kind.as_str(), "v" | "m") {
            schema.views.insert(name, view(relation, table));
        } else {
            schema.tables.insert(name, table);
        }
    }
}

/// A table with its partitions, and theirs.
fn take(
    id: i64,
    made: &mut HashMap<i64, (Relation, Table)>,
    children: &HashMap<i64, Vec<i64>>,
) -> Option<(Relation, Table)> {
    let (relation, mut table) = made.remove(&id)?;
    for child in children.get(&id).into_iter().flatten() {
        if let Some((child, partition)) = take(*child, made, children) {
            let name = Name::new(child.schema, child.name).to_string();
            table.partitions.insert(name, Partition { bound: child.bound.unwrap_or_default(), table: partition });
        }
    }
    Some((relation, table))
}

fn table(relation: &mut Relation, roles: &Roles) -> Table {
    let mut options = std::mem::take(&mut relation.options);
    if relation.unlogged {
        options.push("unlogged".to_owned());
    }
    options.sort();
    Table {
        kind: match relation.kind.as_str() {
            "p" => TableKind::Partitioned,
            "f" => TableKind::Foreign,
            _ => TableKind::Plain,
        },
        row_security: match (relation.secured, relation.forced) {
            (false, _) => RowSecurity::Off,
            (true, false) => RowSecurity::On,
            (true, true) => RowSecurity::Forced,
        },
        partition_key: relation.partition_key.take(),
        options,
        owner: Some(roles.name(relation.owner)),
        grants: roles.grants(relation.rights.as_ref()),
        comment: relation.comment.take(),
        ..Table::default()
    }
}

fn view(relation: Relation, table: Table) -> View {
    View {
        materialised: relation.kind == "m",
        columns: table.columns,
        definition: relation.definition.unwrap_or_default(),
        indexes: table.indexes,
        triggers: table.triggers,
        options: table.options,
        owner: table.owner,
        grants: table.grants,
        comment: table.comment,
    }
}
