//! A database that is held for work: every verb that changes rows or structure goes through here.

use super::Member;
use crate::Engine;
use crate::connect::{Purpose, Session};
use crate::error::Error;
use crate::lock::{Approach, MigrationLock};
use crate::migrate::{Ahead, Executor, Folder, Limit, Looked, MigrationError, Outcome};
use crate::tracking::make_seed_history;

/// A member whose lock is held, and what a look under the lock found: what was seen before may have changed since.
pub(crate) struct Held {
    pub(crate) member: Member,
    pub(crate) folder: Folder,
    pub(crate) session: Session,
    pub(crate) looked: Looked,
    lock: MigrationLock,
    /// What has run ahead of its turn; it has the session's connection as long as it is there.
    ahead: Option<Ahead>,
}

/// A member at the door of its lock.
pub(crate) struct AtTheDoor {
    pub(crate) member: Member,
    session: Session,
    approach: Approach,
}

/// A member whose lock is held, and nothing else known of it.
pub(crate) struct Locked {
    pub(crate) member: Member,
    pub(crate) session: Session,
    pub(crate) lock: MigrationLock,
}

impl Member {
    /// Takes the lock, becomes the owner, and looks again.
    pub(crate) async fn hold(&self) -> Result<Held, Error> {
        let folder = self.folder()?;
        self.take().await?.look(folder).await
    }

    /// Takes the lock and becomes the owner, whatever the database holds.
    pub(crate) async fn take(&self) -> Result<Locked, Error> {
        self.approach().await?.take().await?.become_owner().await
    }

    /// Goes to the lock.
    pub(crate) async fn approach(&self) -> Result<AtTheDoor, Error> {
        let session = self.open(self.purpose()).await?;
        self.approach_with(session).await
    }

    /// Goes to the lock with the connection of a look.
    pub(crate) async fn approach_after(&self, looking: Session) -> Result<AtTheDoor, Error> {
        let session = match self.target.engine() {
            Engine::Postgres => looking,
            // SQLite's connections for looking cannot write.
            Engine::Sqlite => {
                looking.close().await;
                self.open(self.purpose()).await?
            }
        };
        self.approach_with(session).await
    }

    async fn approach_with(&self, session: Session) -> Result<AtTheDoor, Error> {
        match Approach::to(&session.lock, self.name(), Some(&session)).await {
            Ok(approach) => Ok(AtTheDoor { member: self.clone(), session, approach }),
            Err(error) => {
                session.close().await;
                Err(error.into())
            }
        }
    }

    fn purpose(&self) -> Purpose {
        match self.target.engine() {
            Engine::Postgres => Purpose::Look,
            Engine::Sqlite => Purpose::Own,
        }
    }
}

impl AtTheDoor {
    pub(crate) async fn take(self) -> Result<Locked, Error> {
        match self.approach.take(self.member.name(), &self.member.context).await {
            Ok(lock) => Ok(Locked { member: self.member, session: self.session, lock }),
            Err(error) => {
                self.session.close().await;
                Err(error.into())
            }
        }
    }
}

impl Locked {
    /// The owner's role is taken behind the lock, which a pooler in transaction mode is refused by: there a role that a
    /// session takes would stay with whoever comes next.
    pub(crate) async fn become_owner(self) -> Result<Self, Error> {
        if self.session.engine == Engine::Postgres
            && let Err(error) = self.session.become_owner().await
        {
            self.release().await;
            return Err(error.into());
        }
        Ok(self)
    }

    /// Looks once more: what was seen before may have changed while others held the lock.
    pub(crate) async fn look(self, folder: Folder) -> Result<Held, Error> {
        match self.member.executor(&folder, &self.session).look().await {
            Ok(looked) => {
                Ok(Held { member: self.member, folder, session: self.session, looked, lock: self.lock, ahead: None })
            }
            Err(error) => {
                self.release().await;
                Err(error.into())
            }
        }
    }

    /// Gives the lock and the connection back.
    pub(crate) async fn release(self) {
        self.lock.release().await;
        self.session.close().await;
    }
}

impl Held {
    pub(crate) fn executor(&self) -> Executor<'_> {
        self.member.executor(&self.folder, &self.session)
    }

    /// Makes the record of seeds where it is missing.
    pub(crate) async fn make_seed_history(&self) -> Result<(), Error> {
        let made = make_seed_history(&self.session.connection, self.session.engine).await;
        made.map_err(|error| MigrationError::engine(&self.session.place, &error).into())
    }

    /// Makes the tracking tables where they are missing, and in a new database runs ahead of its turn. What goes wrong is
    /// told by the run in its turn: it tries once more.
    pub(crate) async fn made_ready(mut self, limit: &Limit) -> Self {
        if self.looked.lacks_tracking() {
            let is_new = self.looked.snapshot.is_empty();
            let mut looked = self.looked.clone();
            if self.executor().prepare_ahead(&mut looked).await.is_ok() {
                self.looked = looked;
                self.ahead = if is_new { self.executor().run_ahead(&self.looked, limit).await } else { None };
            }
        }
        self
    }

    /// Applies what is pending, in its turn.
    pub(crate) async fn up(&mut self, limit: &Limit, outcome: &mut Outcome) -> Result<(), MigrationError> {
        if let Some(ahead) = self.ahead.take() {
            let is_all = ahead.is_all();
            match ahead.commit(&self.executor(), outcome).await {
                Ok(()) if is_all => return Ok(()),
                // What came of the commit nobody knows, and the next connection may not come soon.
                Err(error) if error.is_of_a_lost_connection() => return Err(error),
                _ => {}
            }
            // What could not be committed is as if it had not been tried.
            self.looked = self.executor().look().await?;
        }
        self.executor().up(&self.looked, limit, outcome).await
    }

    /// Gives the lock and the connection back.
    pub(crate) async fn release(self) {
        if let Some(ahead) = self.ahead {
            ahead.take_back().await;
        }
        self.lock.release().await;
        self.session.close().await;
    }
}
