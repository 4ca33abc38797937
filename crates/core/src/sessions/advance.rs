//! The compare-and-swap of a refresh: one statement that takes the token that is valid now, makes the next one, and answers
//! all that the new pair of tokens is made of.
//!
//! It stands alone, outside of a transaction: nothing else has to be changed along with it.

use atriz_db::Engine;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbErr, FromQueryResult, QueryResult, Value};
use uuid::Uuid;

use super::held::{self, Held, held};
use super::limits::TOKENS_IDLE;
use super::start::Subject;
use super::{Sessions, TokenPair};
use crate::secret::refresh::Parsed;
use crate::{AuthError, sql};

/// The statement. All that it answers it reads in one look at the database: an epoch and the roles that belong to it. A key
/// that is not in use any more may be known to others: it makes no token for a session that moved on.
macro_rules! advance {
    ($engine:ident) => {
        concat!(
            "UPDATE sessions SET rt_counter = rt_counter + 1, rt_key_id = $4, rt_rotated_at = $5, rt_replays = 0, \
             last_seen_at = $5, \
             idle_expires_at = CASE WHEN absolute_expires_at < $6 THEN absolute_expires_at ELSE $6 END \
             WHERE id = $1 AND rt_counter = $2 AND rt_key_id = $3 AND revoked_at IS NULL \
             AND idle_expires_at > $5 AND absolute_expires_at > $5 AND (NOT needs_secret OR $7) \
             RETURNING id, user_id, app_id, rt_counter, rt_key_id, auth_time, acr, idle_expires_at, absolute_expires_at, \
             (SELECT u.token_epoch FROM users u WHERE u.id = sessions.user_id AND u.status = 'active') AS epoch, \
             (SELECT a.audience FROM apps a WHERE a.id = sessions.app_id AND a.is_active) AS audience, ",
            held!($engine, "$5"),
            " AS held"
        )
    };
}

const POSTGRES: &str = advance!(postgres);
const SQLITE: &str = advance!(sqlite);

/// A session that went on.
#[derive(Debug)]
pub(super) struct Advanced {
    id: Uuid,
    user: Uuid,
    app: Uuid,
    counter: i64,
    key: String,
    auth_time: DateTime<Utc>,
    acr: String,
    idle_end: DateTime<Utc>,
    end: DateTime<Utc>,
    /// Nothing for a person who may not sign in any more.
    epoch: Option<i64>,
    /// Nothing for an app that is shut.
    audience: Option<String>,
    /// The roles that are held now, in any app.
    held: Held,
}

impl FromQueryResult for Advanced {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let held: Option<String> = row.try_get(prefix, "held")?;
        Ok(Self {
            id: row.try_get(prefix, "id")?,
            user: row.try_get(prefix, "user_id")?,
            app: row.try_get(prefix, "app_id")?,
            counter: row.try_get(prefix, "rt_counter")?,
            key: row.try_get(prefix, "rt_key_id")?,
            auth_time: row.try_get(prefix, "auth_time")?,
            acr: row.try_get(prefix, "acr")?,
            idle_end: row.try_get(prefix, "idle_expires_at")?,
            end: row.try_get(prefix, "absolute_expires_at")?,
            epoch: row.try_get(prefix, "epoch")?,
            audience: row.try_get(prefix, "audience")?,
            held: held::parse(held.as_deref())?,
        })
    }
}

impl Sessions {
    /// Takes the token that is valid now and makes the next one; nothing for a token that is not the one, and for a session
    /// that goes on with its app's secret alone, where that was not `proven`.
    pub(super) async fn advance(&self, shown: &Parsed, proven: bool) -> Result<Option<Advanced>, AuthError> {
        let now = self.ground.clock.now();
        let values: [Value; 7] = [
            shown.sid.into(),
            shown.counter.into(),
            shown.key_id.as_str().into(),
            self.ground.keyring.current_id().into(),
            now.into(),
            (now + TOKENS_IDLE).into(),
            proven.into(),
        ];
        let database = self.ground.database.write();
        let text = if self.ground.database.engine() == Engine::Sqlite { SQLITE } else { POSTGRES };
        let statement = sql::statement(database.get_database_backend(), text, values);
        // All rows are asked for, though there is one at most: who reads on to the end hears whether it was committed.
        let rows = database.query_all_raw(statement).await?;
        Ok(rows.first().map(|row| Advanced::from_query_result(row, "")).transpose()?)
    }

    /// The tokens of a session that went on.
    pub(super) async fn next_pair(&self, next: &Advanced) -> Result<TokenPair, AuthError> {
        let (Some(epoch), Some(audience)) = (next.epoch, next.audience.as_deref()) else {
            return Err(AuthError::InvalidGrant);
        };
        let subject = Subject {
            id: next.id,
            user: next.user,
            key: &next.key,
            counter: next.counter,
            auth_time: next.auth_time,
            acr: &next.acr,
            idle_end: next.idle_end,
            end: next.end,
            roles_end: next.held.until,
            audience,
            epoch,
            roles: self.ground.roles.effective(&next.held.roles, next.app).await?,
        };
        self.pair_of(subject).await
    }
}
