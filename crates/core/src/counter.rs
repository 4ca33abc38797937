//! Numbers in the order of commits, without gaps: a counter row that is locked until its transaction ends.
//!
//! A sequence would not do: it gives numbers out in one order and they become visible in another.

use atriz_db::entity::sync_scopes;
use atriz_kernel::seed_id;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

/// A counter, by what it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    /// Revocations.
    Revocations,
    /// Entries of the audit log.
    Audit,
    /// Changes of the signing keys; whoever holds it changes them alone.
    SigningKeys,
}

impl Counter {
    /// The key of its row.
    pub(crate) fn id(self) -> Uuid {
        let name = match self {
            Self::Revocations => "revocations",
            Self::Audit => "audit_log",
            Self::SigningKeys => "signing_keys",
        };
        seed_id("sync_scopes", name)
    }

    /// The next number. Others who want one wait until `transaction` ends.
    pub(crate) async fn draw(self, transaction: &DatabaseTransaction) -> Result<i64, DbErr> {
        let first = sync_scopes::ActiveModel { scope_id: Set(self.id()), version: Set(1), min_version: Set(0) };
        let next = Expr::col((sync_scopes::Entity, sync_scopes::Column::Version)).add(1);
        let raise =
            OnConflict::column(sync_scopes::Column::ScopeId).value(sync_scopes::Column::Version, next).to_owned();
        let row = sync_scopes::Entity::insert(first).on_conflict(raise).exec_with_returning(transaction).await?;
        Ok(row.version)
    }

    /// The last number that was given out; zero before the first.
    pub(crate) async fn last(self, database: &impl ConnectionTrait) -> Result<i64, DbErr> {
        let row = sync_scopes::Entity::find().filter(sync_scopes::Column::ScopeId.eq(self.id())).one(database).await?;
        Ok(row.map_or(0, |row| row.version))
    }
}
