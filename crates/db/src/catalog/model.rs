//! What an entity says of its table, read once through SeaORM's own traits.

use sea_orm::sea_query::ColumnType;
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, RelationTrait, RelationType};

use crate::Engine;
use crate::sql::quote;

/// A table as its entity describes it.
#[derive(Clone, Debug)]
pub struct TableModel {
    /// The PostgreSQL schema it stands in.
    pub schema: String,
    /// The table's name.
    pub name: String,
    /// Its columns, in the entity's order.
    pub columns: Vec<ColumnModel>,
    /// The columns of its primary key.
    pub primary_key: Vec<String>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKeyModel>,
}

/// A column as its entity describes it.
#[derive(Clone, Debug)]
pub struct ColumnModel {
    /// The column's name.
    pub name: String,
    /// Its type, the same for both engines.
    pub kind: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
}

/// A foreign key as a `belongs_to` relation describes it.
#[derive(Clone, Debug)]
pub struct ForeignKeyModel {
    /// The referring columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub table: String,
    /// The columns referred to, in the order of `columns`.
    pub referenced: Vec<String>,
}

impl TableModel {
    /// Reads an entity.
    pub fn of<E: EntityTrait>(schema: &str) -> Self {
        let columns = E::Column::iter()
            .map(|column| {
                let definition = column.def();
                ColumnModel {
                    name: column.as_str().to_owned(),
                    kind: definition.get_column_type().clone(),
                    nullable: definition.is_null(),
                }
            })
            .collect();
        Self {
            schema: schema.to_owned(),
            name: E::default().table_name().to_owned(),
            columns,
            primary_key: E::PrimaryKey::iter().map(|key| key.into_column().as_str().to_owned()).collect(),
            foreign_keys: foreign_keys::<E>(),
        }
    }

    /// The table's name as SQL of `engine` writes it.
    pub(crate) fn sql_name(&self, engine: Engine) -> String {
        match engine {
            Engine::Postgres => format!("{}.{}", quote(&self.schema), quote(&self.name)),
            Engine::Sqlite => quote(&self.name),
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&ColumnModel> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The table that `column` refers to through a foreign key whose last column it is: keys that lead with a
    /// distribution column (`store_id, product_id`) are about their last one.
    pub fn parent_of(&self, column: &str) -> Option<&ForeignKeyModel> {
        self.foreign_keys.iter().find(|key| key.columns.last().is_some_and(|last| last == column))
    }
}

fn foreign_keys<E: EntityTrait>() -> Vec<ForeignKeyModel> {
    E::Relation::iter()
        .map(|relation| relation.def())
        .filter(|definition| !definition.is_owner && definition.rel_type == RelationType::HasOne)
        .map(|definition| ForeignKeyModel {
            columns: definition.from_col.iter().map(ToString::to_string).collect(),
            table: definition.to_tbl.sea_orm_table().to_string(),
            referenced: definition.to_col.iter().map(ToString::to_string).collect(),
        })
        .collect()
}
