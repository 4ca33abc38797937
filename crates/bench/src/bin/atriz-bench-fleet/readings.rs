//! The one table here that has an entity: seeds are loaded by what entities say of their tables.

use sea_orm::entity::prelude::*;

/// The database that has it.
pub(crate) const DATABASE: &str = "readings";

/// What a device told of its place at a time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "readings")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) device: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) seq: i64,
    pub(crate) recorded_at: ChronoDateTimeUtc,
    pub(crate) lat_e7: i64,
    pub(crate) lon_e7: i64,
    pub(crate) note: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
