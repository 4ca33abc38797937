//! Where the feed reads from.

use std::fmt::Debug;

use async_trait::async_trait;
use atriz_db::Database;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};

use super::{Revocation, RevocationPage};
use crate::AuthError;
use crate::counter::Counter;
use crate::entity::auth::revocations;
use crate::signing::SigningKeys;

/// Whoever can tell what was revoked behind a place in the feed.
#[async_trait]
pub(crate) trait RevocationSource: Debug + Send + Sync {
    /// The revocations behind `seq`.
    async fn after(&self, seq: i64) -> Result<RevocationPage, AuthError>;
}

/// Rows of one page.
const PAGE: u64 = 5_000;

/// Core's own database.
#[derive(Clone, Debug)]
pub(crate) struct DatabaseSource {
    database: Database,
    signing: SigningKeys,
}

impl DatabaseSource {
    /// Over core's database.
    pub(crate) fn new(database: Database, signing: SigningKeys) -> Self {
        Self { database, signing }
    }
}

#[async_trait]
impl RevocationSource for DatabaseSource {
    async fn after(&self, seq: i64) -> Result<RevocationPage, AuthError> {
        // The counter comes first: what is committed in between is behind it, and is read next time at the latest.
        let head = Counter::Revocations.last(self.database.read()).await?;
        let rows = revocations::Entity::find()
            .filter(revocations::Column::Seq.gt(if head < seq { 0 } else { seq }))
            .order_by_asc(revocations::Column::Seq)
            .limit(PAGE)
            .all(self.database.read())
            .await?;
        let more = rows.len() as u64 == PAGE;
        let keys = self.signing.names().await?;
        Ok(RevocationPage { revocations: rows.iter().map(revocation).collect(), head, more, keys })
    }
}

fn revocation(row: &revocations::Model) -> Revocation {
    Revocation {
        seq: row.seq,
        session_id: row.session_id,
        user_id: row.user_id,
        epoch: row.epoch,
        key_id: row.key_id,
        expires_at: row.expires_at,
    }
}
