//! What an entity says of its table, read once through SeaORM's own traits.

use sea_orm::sea_query::{ColumnType, ForeignKeyAction, IndexCreateStatement, SimpleExpr};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, IdenStatic, Iterable, PrimaryKeyToColumn, PrimaryKeyTrait, RelationTrait,
    RelationType, Schema,
};

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
    /// Whether the database numbers the primary key.
    pub auto_increment: bool,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKeyModel>,
    /// Columns that are unique together, by what the entity calls the group (`unique_key`).
    pub unique_keys: Vec<UniqueKeyModel>,
    /// What the entity's `comment` says.
    pub comment: Option<String>,
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
    /// Its default value or expression.
    pub default: Option<SimpleExpr>,
    /// Whether no two rows have the same value in it.
    pub unique: bool,
    /// Whether it has an index of its own.
    pub indexed: bool,
    /// What the entity's `comment` says.
    pub comment: Option<String>,
    /// What it was called before.
    pub renamed_from: Option<String>,
}

/// Columns that are unique together.
#[derive(Clone, Debug)]
pub struct UniqueKeyModel {
    /// What the entity calls the group.
    pub name: String,
    /// The columns, in the entity's order.
    pub columns: Vec<String>,
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
    /// What becomes of a row when the one it refers to goes.
    pub on_delete: Option<ForeignKeyAction>,
    /// What becomes of a row when the key it refers to changes.
    pub on_update: Option<ForeignKeyAction>,
    /// Its name, where the entity gives one.
    pub name: Option<String>,
}

impl TableModel {
    /// Reads an entity.
    pub fn of<E: EntityTrait>(schema: &str) -> Self {
        let indexes = Indexes::of::<E>();
        Self {
            schema: schema.to_owned(),
            name: E::default().table_name().to_owned(),
            columns: E::Column::iter().map(|column| column_model::<E>(column, &indexes)).collect(),
            primary_key: E::PrimaryKey::iter().map(|key| key.into_column().as_str().to_owned()).collect(),
            auto_increment: E::PrimaryKey::auto_increment(),
            foreign_keys: foreign_keys::<E>(),
            unique_keys: indexes.unique_keys,
            comment: E::default().comment().map(str::to_owned),
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

fn column_model<E: EntityTrait>(column: E::Column, indexes: &Indexes) -> ColumnModel {
    let definition = column.def();
    let (comment, renamed_from) = comment::<E>(column);
    let name = column.as_str().to_owned();
    ColumnModel {
        kind: definition.get_column_type().clone(),
        nullable: definition.is_null(),
        default: definition.get_column_default().cloned(),
        unique: definition.is_unique(),
        indexed: indexes.single.contains(&name),
        comment,
        renamed_from,
        name,
    }
}

/// The comment, and the old name that `SeaORM` puts behind it: it shows neither otherwise.
fn comment<E: EntityTrait>(column: E::Column) -> (Option<String>, Option<String>) {
    const OLD_NAME: &str = "renamed_from \"";
    let definition = Schema::new(DbBackend::Postgres).get_column_def::<E>(column);
    let Some(comment) = definition.get_column_spec().comment.clone() else { return (None, None) };
    let Some((before, old)) = comment.rsplit_once(OLD_NAME) else { return (Some(comment), None) };
    let Some(old) = old.strip_suffix('"').map(str::to_owned) else { return (Some(comment), None) };
    let own = before.strip_suffix("; ").map(str::to_owned);
    (own, Some(old))
}

/// What `SeaORM` would make indexes of.
struct Indexes {
    single: Vec<String>,
    unique_keys: Vec<UniqueKeyModel>,
}

impl Indexes {
    fn of<E: EntityTrait>() -> Self {
        let start = format!("idx-{}-", E::default().table_name());
        let made = Schema::new(DbBackend::Postgres).create_index_from_entity(E::default());
        let (unique, single): (Vec<_>, Vec<_>) = made.into_iter().partition(IndexCreateStatement::is_unique_key);
        let columns = |index: &IndexCreateStatement| index.get_index_spec().get_column_names();
        let unique_keys = unique.iter().map(|index| {
            let name = index.get_index_spec().get_name().unwrap_or_default();
            UniqueKeyModel { name: name.strip_prefix(&start).unwrap_or(name).to_owned(), columns: columns(index) }
        });
        Self { unique_keys: unique_keys.collect(), single: single.iter().flat_map(columns).collect() }
    }
}

fn foreign_keys<E: EntityTrait>() -> Vec<ForeignKeyModel> {
    E::Relation::iter()
        .map(|relation| relation.def())
        .filter(|definition| !definition.is_owner && !definition.skip_fk && definition.rel_type == RelationType::HasOne)
        .map(|definition| ForeignKeyModel {
            columns: definition.from_col.iter().map(ToString::to_string).collect(),
            table: definition.to_tbl.sea_orm_table().to_string(),
            referenced: definition.to_col.iter().map(ToString::to_string).collect(),
            on_delete: definition.on_delete,
            on_update: definition.on_update,
            name: definition.fk_name,
        })
        .collect()
}
