//! Writes revocations.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use atriz_kernel::SharedClock;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::counter::Counter;
use crate::entity::auth::revocations;
use crate::jwt::{ACCESS_TTL, LEEWAY};

/// Writes revocations, and wakes the readers of this process.
#[derive(Clone, Debug)]
pub(crate) struct RevocationLog {
    clock: SharedClock,
    signal: Arc<Signal>,
}

/// What tells the feed of the same process that something was committed.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    /// How often that was.
    written: AtomicU64,
    waker: Notify,
}

impl Signal {
    /// How often something was committed.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Acquire)
    }

    /// Waits for the next time.
    pub(crate) async fn changed(&self) {
        self.waker.notified().await;
    }
}

impl RevocationLog {
    /// With its clock.
    pub(crate) fn new(clock: SharedClock) -> Self {
        Self { clock, signal: Arc::default() }
    }

    /// What wakes the feed.
    pub(crate) fn signal(&self) -> Arc<Signal> {
        Arc::clone(&self.signal)
    }

    /// Refuses the tokens of a session.
    pub(crate) async fn session(&self, transaction: &DatabaseTransaction, session: Uuid) -> Result<(), DbErr> {
        self.write(transaction, About::Session(session)).await
    }

    /// Refuses the tokens of a person whose epoch is lower than `epoch`.
    pub(crate) async fn user(&self, transaction: &DatabaseTransaction, user: Uuid, epoch: i64) -> Result<(), DbErr> {
        self.write(transaction, About::User(user, epoch)).await
    }

    /// Refuses API keys.
    pub(crate) async fn keys(&self, transaction: &DatabaseTransaction, keys: &[Uuid]) -> Result<(), DbErr> {
        for key in keys {
            self.write(transaction, About::Key(*key)).await?;
        }
        Ok(())
    }

    /// To be called once the transaction is committed: this process's verifier looks at once.
    pub(crate) fn applied(&self) {
        self.signal.written.fetch_add(1, Ordering::AcqRel);
        self.signal.waker.notify_waiters();
    }

    /// Forgets what no token is left for.
    pub(crate) async fn sweep(&self, database: &atriz_db::Database) -> Result<u64, DbErr> {
        let over = revocations::Column::ExpiresAt.lt(self.clock.now());
        Ok(revocations::Entity::delete_many().filter(over).exec(database.write()).await?.rows_affected)
    }

    /// A token that was signed a moment before this is committed lives for its whole time; a minute more is for clocks.
    fn expires_at(&self) -> DateTime<Utc> {
        self.clock.now() + TimeDelta::seconds(ACCESS_TTL + LEEWAY + 60)
    }

    async fn write(&self, transaction: &DatabaseTransaction, about: About) -> Result<(), DbErr> {
        let (session, user, key) = match about {
            About::Session(session) => (Some(session), None, None),
            About::User(user, epoch) => (None, Some((user, epoch)), None),
            About::Key(key) => (None, None, Some(key)),
        };
        let row = revocations::ActiveModel {
            seq: Set(Counter::Revocations.draw(transaction).await?),
            session_id: Set(session),
            user_id: Set(user.map(|(user, _)| user)),
            epoch: Set(user.map(|(_, epoch)| epoch)),
            expires_at: Set(self.expires_at()),
            created_at: Set(self.clock.now()),
            key_id: Set(key),
        };
        revocations::Entity::insert(row).exec_without_returning(transaction).await.map(drop)
    }
}

/// What is refused.
#[derive(Clone, Copy, Debug)]
enum About {
    Session(Uuid),
    /// With the lowest epoch that is good.
    User(Uuid, i64),
    Key(Uuid),
}
