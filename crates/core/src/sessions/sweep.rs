//! Forgetting sessions that ended long ago.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::Sessions;
use super::limits::KEPT;
use crate::AuthError;
use crate::entity::auth::sessions;

/// So many rows go in one statement: more would keep others waiting for the writer of SQLite.
const BATCH: u64 = 500;

impl Sessions {
    /// Deletes the rows of sessions that ended long ago. Answers how many.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn sweep(&self) -> Result<u64, AuthError> {
        let before = self.ground.clock.now() - KEPT;
        let over = Condition::any()
            .add(sessions::Column::AbsoluteExpiresAt.lt(before))
            .add(sessions::Column::IdleExpiresAt.lt(before))
            .add(sessions::Column::RevokedAt.lt(before));
        let mut swept = 0;
        loop {
            let batch = sessions::Entity::find()
                .select_only()
                .column(sessions::Column::Id)
                .filter(over.clone())
                .limit(BATCH)
                .into_query();
            let gone = sessions::Entity::delete_many()
                .filter(sessions::Column::Id.in_subquery(batch))
                .exec(self.ground.database.write())
                .await?;
            swept += gone.rows_affected;
            if gone.rows_affected < BATCH {
                return Ok(swept);
            }
        }
    }
}
