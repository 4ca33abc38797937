//! The entity of table `items`.

use sea_orm::entity::prelude::*;

/// Where an item is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ItemStatus {
    /// Seen by its owner alone.
    Draft,
    /// Seen by everybody.
    Published,
    /// Promised to somebody.
    Reserved,
    /// Gone.
    Sold,
    /// Taken down by its owner.
    Archived,
}

/// Something that a person offers.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "items")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The account in the core database that offers it.
    #[sea_orm(unique_key = "owner_id_client_ref")]
    pub owner_id: Uuid,
    /// What it is filed under.
    pub category_id: Uuid,
    /// Where it can be seen.
    pub location_id: Option<Uuid>,
    /// What it is, in one line.
    #[sea_orm(column_type = "Text")]
    pub title: String,
    /// What there is to say about it.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// The price in the smallest unit of the currency; 0 gives it away.
    pub price_minor: i64,
    /// The currency by its ISO 4217 code.
    #[sea_orm(column_type = "Text")]
    pub currency: String,
    /// Where the item is in its life.
    pub status: ItemStatus,
    /// The account in the core database that it is reserved for or went to.
    pub buyer_id: Option<Uuid>,
    /// The name its owner knows it by, so that sending it twice makes one item.
    #[sea_orm(column_type = "Text", unique_key = "owner_id_client_ref")]
    pub client_ref: Option<String>,
    /// When it was first published.
    pub published_at: Option<ChronoDateTimeUtc>,
    /// Drawn from the counter of the owner: entity tag, compare-and-swap value and sync cursor at once.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The category.
    #[sea_orm(belongs_to, from = "category_id", to = "id", on_delete = "Restrict")]
    pub category: BelongsTo<super::super::master::categories::Entity>,
    /// The place.
    #[sea_orm(belongs_to, from = "location_id", to = "id", on_delete = "Restrict")]
    pub location: BelongsTo<Option<super::super::master::locations::Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
