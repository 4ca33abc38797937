//! An item as lists show it.

use atriz_app::Money;
use chrono::{DateTime, Utc};
use sea_orm::{EntityTrait, FromQueryResult, QuerySelect, Select};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::locations::PlaceRef;
use super::image::Image;
use crate::entity::app::items::{Column, Entity, ItemStatus};
use crate::entity::master::{categories, locations};

/// Where an item is in its life.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// It can be had.
    Published,
    /// It is promised to somebody.
    Reserved,
    /// It is gone.
    Sold,
    /// Its owner alone sees it.
    Hidden,
}

/// The category that an item is filed under.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct CategoryRef {
    id: Uuid,
    name: String,
    #[schema(example = "/electronics/audio/")]
    path: String,
}

/// Something that a person offers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ItemSummary {
    id: Uuid,
    title: String,
    price: Money,
    status: Status,
    category: CategoryRef,
    /// Where it can be seen; null when its owner does not say.
    #[schema(required)]
    location: Option<PlaceRef>,
    /// When it was first published.
    published_at: DateTime<Utc>,
    /// Its first picture; null when it has none.
    #[schema(required)]
    cover: Option<Image>,
}

/// What is read of an item for a list. Its body is not: it may be long.
#[derive(Debug, FromQueryResult)]
pub(super) struct SummaryRow {
    pub(super) id: Uuid,
    title: String,
    price_minor: i64,
    currency: String,
    status: ItemStatus,
    pub(super) published_at: DateTime<Utc>,
    category_id: Uuid,
    category_name: String,
    category_path: String,
    location_kind: Option<locations::LocationKind>,
    location_code: Option<String>,
    location_name: Option<String>,
}

impl SummaryRow {
    /// The query that reads such rows.
    pub(super) fn find() -> Select<Entity> {
        let own = [Column::Id, Column::Title, Column::PriceMinor, Column::Currency, Column::Status];
        Entity::find()
            .select_only()
            .columns(own)
            .columns([Column::PublishedAt, Column::CategoryId])
            .column_as(categories::Column::Name, "category_name")
            .column_as(categories::Column::Path, "category_path")
            .column_as(locations::Column::Kind, "location_kind")
            .column_as(locations::Column::Code, "location_code")
            .column_as(locations::Column::Name, "location_name")
            .inner_join(categories::Entity)
            .left_join(locations::Entity)
    }

    /// The item as it is shown.
    pub(super) fn shown(self, cover: Option<Image>) -> ItemSummary {
        let location = self.location_kind.zip(self.location_code).zip(self.location_name);
        ItemSummary {
            id: self.id,
            title: self.title,
            price: Money { minor: self.price_minor, currency: self.currency },
            status: self.status.into(),
            category: CategoryRef { id: self.category_id, name: self.category_name, path: self.category_path },
            location: location.map(|((kind, code), name)| PlaceRef { kind: kind.into(), code, name }),
            published_at: self.published_at,
            cover,
        }
    }
}

impl From<ItemStatus> for Status {
    fn from(status: ItemStatus) -> Self {
        match status {
            ItemStatus::Published => Self::Published,
            ItemStatus::Reserved => Self::Reserved,
            ItemStatus::Sold => Self::Sold,
            ItemStatus::Draft | ItemStatus::Archived => Self::Hidden,
        }
    }
}
