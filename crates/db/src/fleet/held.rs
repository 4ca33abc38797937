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
    ///
    /// The owner's role is taken behind the lock, which a pooler in transaction mode is refused by: there a role that a
    /// session takes would stay with whoever comes next.
    pub(crate) async fn hold(&self) -> Result<Held, Error> {
        let folder = self.folder()?;
        let purpose = match self.target.engine() {
            Engine::Postgres => Purpose::Look,
            Engine::Sqlite => Purpose::Own,
        };
        let session = self.open(purpose).await?;
        match self.lock_and_look(&folder, &session).await {
            Ok((lock, looked)) => Ok(Held { member: self.clone(), folder, session, looked, lock }),
            Err(error) => {
                session.close().await;
                Err(error)
            }
        }
    }

    async fn lock_and_look(&self, folder: &Folder, session: &Session) -> Result<(MigrationLock, Looked), Error> {
        let lock = MigrationLock::of(session, self.name(), &self.context).await?;
        let looked = async {
            if session.engine == Engine::Postgres {
                session.become_owner().await?;
            }
            Ok(self.executor(folder, session).look().await?)
        };
        match looked.await {
            Ok(looked) => Ok((lock, looked)),
            Err(error) => {
                lock.release().await;
                Err(error)
            }
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
