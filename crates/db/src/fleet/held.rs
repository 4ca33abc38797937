//! A database that is held for work: every verb that changes rows or structure goes through here.

use super::Member;
use crate::Engine;
use crate::connect::{Purpose, Session};
use crate::error::Error;
use crate::lock::MigrationLock;
use crate::migrate::{Executor, Folder, Looked};

/// A member whose lock is held, and what a look under the lock found: what was seen before may have changed since.
pub(crate) struct Held {
    pub(crate) member: Member,
    pub(crate) folder: Folder,
    pub(crate) session: Session,
    pub(crate) looked: Looked,
    lock: MigrationLock,
}

impl Member {
    /// Takes the lock, becomes the owner, and looks again.
    pub(crate) async fn hold(&self) -> Result<Held, Error> {
        let folder = self.folder()?;
        let (session, lock) = self.take().await?;
        match self.executor(&folder, &session).look().await {
            Ok(looked) => Ok(Held { member: self.clone(), folder, session, looked, lock }),
            Err(error) => {
                lock.release().await;
                session.close().await;
                Err(error.into())
            }
        }
    }

    /// Takes the lock and becomes the owner, whatever the database holds.
    ///
    /// The owner's role is taken behind the lock, which a pooler in transaction mode is refused by: there a role that a
    /// session takes would stay with whoever comes next.
    pub(crate) async fn take(&self) -> Result<(Session, MigrationLock), Error> {
        let purpose = match self.target.engine() {
            Engine::Postgres => Purpose::Look,
            Engine::Sqlite => Purpose::Own,
        };
        let session = self.open(purpose).await?;
        let lock = match MigrationLock::of(&session, self.name(), &self.context).await {
            Ok(lock) => lock,
            Err(error) => {
                session.close().await;
                return Err(error.into());
            }
        };
        if session.engine == Engine::Postgres
            && let Err(error) = session.become_owner().await
        {
            lock.release().await;
            session.close().await;
            return Err(error.into());
        }
        Ok((session, lock))
    }
}

impl Held {
    pub(crate) fn executor(&self) -> Executor<'_> {
        self.member.executor(&self.folder, &self.session)
    }

    /// Gives the lock and the connection back.
    pub(crate) async fn release(self) {
        self.lock.release().await;
        self.session.close().await;
    }
}
