//! The entity of table `drivers`.

use sea_orm::entity::prelude::*;

/// People who drive the vehicles of a fleet.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "drivers")]
pub struct Model {
    /// The fleet.
    #[sea_orm(primary_key, auto_increment = false, unique_key = "fleet_id_code")]
    pub fleet_id: Uuid,
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Personnel number or the like, unique in the fleet.
    #[sea_orm(column_type = "Text", unique_key = "fleet_id_code")]
    pub code: String,
    /// Name as it is shown.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// Telephone number, for the dispatcher.
    #[sea_orm(column_type = "Text")]
    pub phone: Option<String>,
    /// Number of the driving licence.
    #[sea_orm(column_type = "Text")]
    pub licence_no: Option<String>,
    /// Last day on which the licence is valid.
    pub licence_expires_on: Option<ChronoDate>,
    /// The user of core who is this driver; `None` for one who does not sign in.
    pub user_id: Option<Uuid>,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// When the driver was removed; `None` while present.
    pub deleted_at: Option<ChronoDateTimeUtc>,
    /// The fleet.
    #[sea_orm(belongs_to, from = "fleet_id", to = "id", on_delete = "Restrict")]
    pub fleet: BelongsTo<super::fleets::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
