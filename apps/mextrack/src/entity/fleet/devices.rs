//! The entity of table `devices`.

use sea_orm::entity::prelude::*;

/// The protocol a tracker speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Protocol {
    /// Own batches of JSON lines over HTTP.
    Batch,
    /// `OsmAnd` over HTTP.
    Osmand,
    /// `OwnTracks` over HTTP.
    Owntracks,
    /// Teltonika codec 8 over TCP.
    Teltonika,
}

/// The trackers of a fleet.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "devices")]
pub struct Model {
    /// `UUIDv7` made by the application, `UUIDv5` in seeds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The fleet the tracker belongs to.
    pub fleet_id: Uuid,
    /// The protocol the tracker speaks.
    #[sea_orm(unique_key = "protocol_external_id")]
    pub protocol: Protocol,
    /// How the tracker names itself, such as its IMEI.
    #[sea_orm(column_type = "Text", unique_key = "protocol_external_id")]
    pub external_id: String,
    /// SHA-256 of the token the tracker sends; `None` when it has none.
    #[sea_orm(unique)]
    pub token_hash: Option<Vec<u8>>,
    /// Drawn from `sync_scopes` in the same transaction; serves as `ETag` and for compare-and-swap.
    pub version: i64,
    /// When the row was made.
    pub created_at: ChronoDateTimeUtc,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
    /// The fleet.
    #[sea_orm(belongs_to, from = "fleet_id", to = "id", on_delete = "Restrict")]
    pub fleet: BelongsTo<super::fleets::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}
