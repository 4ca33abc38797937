//! The entity of table `item_images`.

use sea_orm::entity::prelude::*;

/// A picture of an item.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "item_images")]
pub struct Model {
    /// The item.
    #[sea_orm(primary_key, auto_increment = false)]
    pub item_id: Uuid,
    /// Its place among the pictures; 0 is the first.
    #[sea_orm(primary_key, auto_increment = false)]
    pub pos: i32,
    /// Where the picture is.
    #[sea_orm(column_type = "Text")]
    pub url: String,
    /// What it shows, for people who cannot see it.
    #[sea_orm(column_type = "Text")]
    pub alt: String,
    /// Its width in pixels.
    pub width: Option<i32>,
    /// Its height in pixels.
    pub height: Option<i32>,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The item.
    #[sea_orm(belongs_to, from = "item_id", to = "id", on_delete = "Cascade")]
    pub item: BelongsTo<super::items::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
