//! A product as it is shown. What the store paid for it is not.

use atriz_app::Money;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::stores::Store;
use crate::entity::catalog::products::{Model, Unit as Stored};

/// What one unit of a product is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum Unit {
    Piece,
    Kilogram,
    Litre,
    Metre,
    /// An hour of work.
    Hour,
}

/// What a store sells.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(in super::super) struct Product {
    id: Uuid,
    /// The code of the store.
    #[schema(example = "demo")]
    store: String,
    /// The store's own article number.
    #[schema(example = "P0001")]
    sku: String,
    name: String,
    /// Its group for lists and reports; null when it is in none.
    #[schema(required)]
    category: Option<String>,
    unit: Unit,
    /// The price of one unit.
    price: Money,
    /// Whether sales take from the inventory.
    track_stock: bool,
    /// Grows with every change.
    version: i64,
}

impl Product {
    /// The row as it is shown; prices are in the store's currency.
    pub(super) fn of(row: Model, store: &Store) -> Self {
        Self {
            id: row.id,
            store: store.code.clone(),
            sku: row.sku,
            name: row.name,
            category: row.category,
            unit: row.unit.into(),
            price: Money { minor: row.price_minor, currency: store.currency.clone() },
            track_stock: row.track_stock,
            version: row.version,
        }
    }
}

impl From<Stored> for Unit {
    fn from(unit: Stored) -> Self {
        match unit {
            Stored::Piece => Self::Piece,
            Stored::Kilogram => Self::Kilogram,
            Stored::Litre => Self::Litre,
            Stored::Metre => Self::Metre,
            Stored::Hour => Self::Hour,
        }
    }
}
