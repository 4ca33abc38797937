//! Ending the sessions of all people.

use atriz_db::with_transaction;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait as _, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use uuid::Uuid;

use super::{Note, Sessions, Spared, revoke_all_of};
use crate::AuthError;
use crate::audit::Actor;
use crate::caller::Client;
use crate::entity::auth::{sessions, users};

/// So many people go in one transaction: with more, others would wait for it.
const BATCH: u64 = 100;

/// How many there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EndedForAll {
    /// People who were signed in.
    pub people: u64,
    /// Their sessions.
    pub sessions: u64,
}

impl Sessions {
    /// Ends all sessions of all people, and voids the links of mails that are on their way, as after cookies or a dump of the
    /// database got into wrong hands. Passwords and API keys stay. Sessions that begin meanwhile end as well, or come after.
    ///
    /// A few people at a time: one that is stopped half way has ended theirs, and the next one does the rest.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn end_everybodys(&self) -> Result<EndedForAll, AuthError> {
        let (began, mut ended) = (self.ground.clock.now(), EndedForAll::default());
        loop {
            let people: Vec<Uuid> = sessions::Entity::find()
                .select_only()
                .column(sessions::Column::UserId)
                .distinct()
                .filter(sessions::Column::RevokedAt.is_null())
                .filter(sessions::Column::AbsoluteExpiresAt.gt(began))
                .filter(sessions::Column::CreatedAt.lte(began))
                .order_by_asc(sessions::Column::UserId)
                .limit(BATCH)
                .into_tuple()
                .all(self.ground.database.write())
                .await?;
            if people.is_empty() {
                return Ok(ended);
            }
            ended.sessions += self.end_theirs(&people).await?;
            ended.people += people.len() as u64;
        }
    }

    async fn end_theirs(&self, people: &[Uuid]) -> Result<u64, AuthError> {
        let ended = with_transaction(&self.ground.database, |tx| {
            let (ground, people) = (self.ground.clone(), people.to_vec());
            Box::pin(async move {
                let mut ended = 0;
                for person in &people {
                    ended += revoke_all_of(&ground, tx, *person, Spared::Nobody, "ended_for_all").await?;
                }
                users::Entity::update_many()
                    .col_expr(users::Column::CredGen, Expr::col(users::Column::CredGen).add(1))
                    .filter(users::Column::Id.is_in(people.iter().copied()))
                    .exec(tx)
                    .await?;
                let client = Client::default();
                let note = Note::anonymous("sessions.end_everybodys", &client).actor(Actor::System);
                let note = note.detail(json!({ "people": people.len(), "sessions": ended }));
                ground.audit.record(tx, note.event()).await?;
                Ok::<_, AuthError>(ended)
            })
        })
        .await?;
        self.ground.revocations.applied();
        Ok(ended)
    }
}
