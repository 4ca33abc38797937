//! The entity of table `categories`.

use sea_orm::entity::prelude::*;

/// A category that items are filed under.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "categories")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The category above; `None` at the top.
    pub parent_id: Option<Uuid>,
    /// Its part of the path.
    #[sea_orm(column_type = "Text")]
    pub slug: String,
    /// What people see.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The slugs from the top down to it, such as `/electronics/audio/`.
    #[sea_orm(column_type = "Text", unique)]
    pub path: String,
    /// How many categories stand above it.
    pub depth: i32,
    /// Its place among its siblings.
    pub sort: i32,
    /// Whether new items may be filed under it.
    pub is_active: bool,
    /// Drawn from the counter of the category tree: entity tag, compare-and-swap value and sync cursor at once.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The category above.
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id", on_delete = "Restrict")]
    pub parent: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
