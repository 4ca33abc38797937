//! The entity of table `throttles`.

use sea_orm::entity::prelude::*;

/// How often something was tried.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "throttles")]
pub struct Model {
    /// Keyed hash of what is counted, such as an address; the value itself is nowhere.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key_hash: Vec<u8>,
    /// Which limit it is counted for.
    #[sea_orm(column_type = "Text")]
    pub kind: String,
    /// How many tries were charged in this window.
    pub fails: i32,
    /// When the window began.
    pub window_start: ChronoDateTimeUtc,
    /// Until when nothing more is tried; `None` while it may be.
    pub locked_until: Option<ChronoDateTimeUtc>,
    /// When the row last changed.
    pub updated_at: ChronoDateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
