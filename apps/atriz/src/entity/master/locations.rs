//! The entity of table `locations`.

use sea_orm::entity::prelude::*;

/// What kind of place a location is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum LocationKind {
    /// A country.
    Country,
    /// A first-level division of a country.
    Region,
    /// A city, town or village.
    City,
}

/// A country, a region or a city.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "locations")]
pub struct Model {
    /// Identifies the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The place it lies in; `None` for a country.
    pub parent_id: Option<Uuid>,
    /// What kind of place it is.
    #[sea_orm(unique_key = "kind_code")]
    pub kind: LocationKind,
    /// Its code: ISO 3166-1 for a country, ISO 3166-2 for a region, a `GeoNames` number for a city.
    #[sea_orm(column_type = "Text", unique_key = "kind_code")]
    pub code: String,
    /// What people see.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The name in lower case without accents, for search as one types.
    #[sea_orm(column_type = "Text")]
    pub search_name: String,
    /// The codes from the country down to it, such as `/BR/BR-SP/3448439/`.
    #[sea_orm(column_type = "Text")]
    pub path: String,
    /// Latitude in ten-millionths of a degree.
    pub lat_e7: Option<i32>,
    /// Longitude in ten-millionths of a degree.
    pub lon_e7: Option<i32>,
    /// The time zone by its IANA name; `None` where there are several.
    #[sea_orm(column_type = "Text")]
    pub tz: Option<String>,
    /// How many people live there, to put large places first; `None` when not known.
    pub population: Option<i64>,
    /// Drawn from the counter of the locations: entity tag, compare-and-swap value and sync cursor at once.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The place around it.
    #[sea_orm(self_ref, relation_enum = "Parent", from = "parent_id", to = "id", on_delete = "Restrict")]
    pub parent: BelongsTo<Option<Entity>>,
}

impl ActiveModelBehavior for ActiveModel {}
