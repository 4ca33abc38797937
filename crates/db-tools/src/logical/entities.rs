//! What the entities say.

use std::collections::{BTreeMap, HashMap};

use atriz_db::catalog::{ColumnModel, ForeignKeyModel, TableModel};
use atriz_db::{Descriptor, Engine};
use sea_orm::sea_query::{ForeignKeyAction, PostgresQueryBuilder, Query, SimpleExpr};

use super::expression::{self, Context};
use super::{
    Action, Column, ColumnType, ForeignKey, Index, IndexKey, Logical, LogicalError, PrimaryKey, Source, Table,
};

/// The schema that the entities of `database` describe. Indexes and foreign keys that an entity gives no name have one
/// by the rules of naming.
///
/// # Errors
///
/// [`LogicalError`] for a type that no engine has, and for two entities of one table.
pub fn from_entities(database: &Descriptor) -> Result<Logical, LogicalError> {
    let mut tables = BTreeMap::new();
    for model in &database.tables {
        if tables.insert(model.name.clone(), table(model)?).is_some() {
            return Err(LogicalError::Twice { table: model.name.clone() });
        }
    }
    Ok(Logical { source: Source::Entities, tables, views: BTreeMap::new() })
}

fn table(model: &TableModel) -> Result<Table, LogicalError> {
    let columns = model.columns.iter().map(|one| column(model, one)).collect::<Result<Vec<_>, _>>()?;
    let primary_key =
        (!model.primary_key.is_empty()).then(|| PrimaryKey { name: None, columns: model.primary_key.clone() });
    let mut foreign_keys = BTreeMap::new();
    for key in &model.foreign_keys {
        let mut name = key.name.clone().unwrap_or_else(|| format!("fk_{}_{}", model.name, key.table));
        if foreign_keys.contains_key(&name) {
            name = format!("{name}_{}", key.columns.last().map_or("", String::as_str));
        }
        foreign_keys.insert(name, foreign_key(key));
    }
    Ok(Table {
        schema: model.schema.clone(),
        columns,
        primary_key,
        indexes: indexes(model),
        foreign_keys,
        comment: model.comment.clone(),
        ..Table::default()
    })
}

fn column(table: &TableModel, model: &ColumnModel) -> Result<Column, LogicalError> {
    let kind = ColumnType::from_entity(&model.kind).ok_or_else(|| LogicalError::Type {
        table: table.name.clone(),
        column: model.name.clone(),
        kind: format!("{:?}", model.kind),
    })?;
    let identity = table.auto_increment && table.primary_key == [model.name.clone()] && kind.is_whole_number();
    Ok(Column {
        name: model.name.clone(),
        nullable: model.nullable,
        default: model.default.as_ref().map(|default| default_of(default, &kind)),
        generated: None,
        identity,
        collation: None,
        comment: model.comment.clone(),
        renamed_from: model.renamed_from.clone(),
        kind,
    })
}

/// The default as SeaORM would write it for PostgreSQL, in the form that both engines share.
fn default_of(default: &SimpleExpr, kind: &ColumnType) -> String {
    let query = Query::select().expr(default.clone()).to_string(PostgresQueryBuilder);
    let text = query.strip_prefix("SELECT ").unwrap_or(&query);
    let columns = HashMap::new();
    expression::default(text, kind, Context { engine: Engine::Postgres, columns: &columns })
}

fn indexes(model: &TableModel) -> BTreeMap<String, Index> {
    let mut indexes = BTreeMap::new();
    let mut add = |unique: bool, columns: &[String]| {
        let start = if unique { "uq" } else { "idx" };
        let name = format!("{start}_{}_{}", model.name, columns.join("_"));
        indexes.insert(name, index(unique, columns));
    };
    for column in &model.columns {
        if column.unique {
            add(true, std::slice::from_ref(&column.name));
        } else if column.indexed {
            add(false, std::slice::from_ref(&column.name));
        }
    }
    for key in &model.unique_keys {
        add(true, &key.columns);
    }
    indexes
}

fn index(unique: bool, columns: &[String]) -> Index {
    let key = |column: &String| IndexKey::column(column);
    Index {
        unique,
        constraint: unique,
        keys: columns.iter().map(key).collect(),
        predicate: None,
        method: None,
        include: Vec::new(),
        nulls_not_distinct: false,
    }
}

fn foreign_key(model: &ForeignKeyModel) -> ForeignKey {
    let action = |action: &Option<ForeignKeyAction>| match action {
        Some(ForeignKeyAction::Restrict) => Action::Restrict,
        Some(ForeignKeyAction::Cascade) => Action::Cascade,
        Some(ForeignKeyAction::SetNull) => Action::SetNull,
        Some(ForeignKeyAction::SetDefault) => Action::SetDefault,
        // NO ACTION is what SQL says where nothing is said.
        _ => Action::NoAction,
    };
    ForeignKey {
        columns: model.columns.clone(),
        table: model.table.clone(),
        referenced: model.referenced.clone(),
        on_delete: action(&model.on_delete),
        on_update: action(&model.on_update),
        deferrable: None,
        matching: None,
    }
}
