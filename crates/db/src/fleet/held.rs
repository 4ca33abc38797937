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
        let session = self.open(self.purpose()).await?;
        self.hold_with(folder, session).await
    }

    /// As [`Member::hold`], with the folder and the connection of a look.
    pub(crate) async fn hold_after(&self, folder: Folder, looking: Session) -> Result<Held, Error> {
        let session = match self.target.engine() {
            Engine::Postgres => looking,
            // SQLite's connections for looking cannot write.
            Engine::Sqlite => {
                looking.close().await;
                self.open(self.purpose()).await?
            }
        };
        self.hold_with(folder, session).await
    }

    async fn hold_with(&self, folder: Folder, session: Session) -> Result<Held, Error> {
        let (session, lock) = self.take_with(session).await?;
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
    pub(crate) async fn take(&self) -> Result<(Session, MigrationLock), Error> {
        let session = self.open(self.purpose()).await?;
        self.take_with(session).await
    }

    /// The owner's role is taken behind the lock, which a pooler in transaction mode is refused by: there a role that a
    /// session takes would stay with whoever comes next.
    async fn take_with(&self, session: Session) -> Result<(Session, MigrationLock), Error> {
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

    fn purpose(&self) -> Purpose {
        match self.target.engine() {
            Engine::Postgres => Purpose::Look,
            Engine::Sqlite => Purpose::Own,
        }
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
