//! The entity of table `sync_scopes`.

use sea_orm::entity::prelude::*;

/// The counter from which a scope's rows draw their versions.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "sync_scopes")]
pub struct Model {
    /// The scope: the id of what the rows belong to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope_id: Uuid,
    /// The last version that was given out.
    pub version: i64,
    /// Clients whose cursor is older than this start over, for deletions before it are forgotten.
    pub min_version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
