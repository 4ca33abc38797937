//! `db adopt`: the history that another tool left in a database becomes ours.

use sea_orm::{DatabaseTransaction, DbErr, TransactionOptions, TransactionTrait as _};
use serde::Serialize;

use super::{Fleet, Member};
use crate::connect::{Purpose, Session};
use crate::destructive::{Consent, DestructiveToken, Loss, Reach};
use crate::error::Error;
use crate::migrate::{Direction, Folder, MigrationError, RunContext};
use crate::tracking::{Event, Identity, IdentityError, Journal, Snapshot};
use crate::tracking::{append, bootstrap, record_applied};

/// A version that another tool applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AdoptedVersion {
    /// As this folder spells it.
    pub version: String,
    /// When that tool says it was applied, in seconds since 1970.
    pub applied_at: Option<i64>,
}

/// What another tool left in a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Adoption {
    /// The tool.
    pub tool: String,
    /// Its table, which stays as it is.
    pub table: String,
    /// What it applied, oldest first.
    pub versions: Vec<AdoptedVersion>,
}

/// What was taken over.
#[derive(Clone, Debug, Serialize)]
pub struct AdoptReport {
    /// The database.
    pub database: String,
    /// Where it is.
    pub place: String,
    /// What was found there.
    #[serde(flatten)]
    pub adoption: Adoption,
    /// What is left to apply.
    pub pending: Vec<String>,
}

/// Reads what another tool left in a database.
pub type ReadHistory = dyn for<'a> Fn(&'a DatabaseTransaction) -> futures_util::future::BoxFuture<'a, Result<Adoption, Error>>
    + Send
    + Sync;

impl Fleet {
    /// What another tool left in the database `name`, read without a change.
    ///
    /// # Errors
    ///
    /// A database with a history of ours, or what `read` says.
    pub async fn foreign_history(
        &self,
        name: &str,
        read: &ReadHistory,
        context: &RunContext,
    ) -> Result<Adoption, Error> {
        let member = self.member(name, context)?;
        let session = member.open(Purpose::Look).await?;
        let found = async {
            member.check_adoptable(&session).await?;
            // Not as `Session::begin`, which takes SQLite's write lock.
            let transaction = session
                .connection
                .begin_with_options(TransactionOptions::default())
                .await
                .map_err(|error| failed(&session, &error))?;
            let found = read(&transaction).await;
            transaction.rollback().await.map_err(|error| failed(&session, &error))?;
            found
        }
        .await;
        session.close().await;
        found
    }

    /// Takes over what another tool left in the database `name`: history, journal, mark and tracking tables in one
    /// transaction, so that nothing runs twice. That tool's own table stays. `expected` is what was agreed to.
    ///
    /// # Errors
    ///
    /// A missing consent, a history of ours, one that is not `expected` any more, or what `read` says.
    pub async fn adopt(
        &self,
        name: &str,
        expected: &Adoption,
        read: &ReadHistory,
        consent: &Consent,
        context: &RunContext,
    ) -> Result<AdoptReport, Error> {
        let member = self.member(name, context)?;
        let loss = Loss { database: name.to_owned(), place: member.target.describe(), tables: Vec::new() };
        let token =
            DestructiveToken::obtain("adopt", Reach::ConfirmedByName, &self.environments(None), &[loss], consent)?;
        let folder = member.folder()?;
        let locked = member.take().await?;
        let done = member.take_over(&folder, &locked.session, expected, read, token).await;
        locked.release().await;
        done?;
        let adopted = |version: &String| expected.versions.iter().any(|adopted| adopted.version == *version);
        let versions = folder.migrations.iter().map(|migration| migration.version.clone());
        Ok(AdoptReport {
            database: name.to_owned(),
            place: member.target.describe(),
            adoption: expected.clone(),
            pending: versions.filter(|version| !adopted(version)).collect(),
        })
    }
}

impl Member {
    async fn check_adoptable(&self, session: &Session) -> Result<(), Error> {
        let snapshot = Snapshot::read(&session.connection, session.engine).await;
        let snapshot = snapshot.map_err(|error| failed(session, &error))?;
        if let Some(identity) = &snapshot.identity {
            identity.check(self.database.mark(), self.context.environment, &session.place)?;
        }
        if snapshot.identity.is_some() || !snapshot.applied.is_empty() {
            return Err(IdentityError::Ours { place: session.place.clone() }.into());
        }
        Ok(())
    }

    /// `_token` proves the consent; what is written cannot be taken back by a verb.
    async fn take_over(
        &self,
        folder: &Folder,
        session: &Session,
        expected: &Adoption,
        read: &ReadHistory,
        _token: DestructiveToken,
    ) -> Result<(), Error> {
        self.check_adoptable(session).await?;
        let transaction = session.begin().await.map_err(|error| failed(session, &error))?;
        if read(&transaction).await? != *expected {
            return Err(MigrationError::Engine {
                kind: crate::FailureKind::Other,
                place: session.place.clone(),
                message: format!("{} has changed meanwhile; run it again", expected.table),
                values: None,
            }
            .into());
        }
        let written = self.write(&transaction, folder, session, expected).await;
        written.map_err(|error| failed(session, &error))?;
        transaction.commit().await.map_err(|error| failed(session, &error))
    }

    async fn write(
        &self,
        transaction: &DatabaseTransaction,
        folder: &Folder,
        session: &Session,
        adoption: &Adoption,
    ) -> Result<(), DbErr> {
        let (engine, clock) = (session.engine, self.context.clock.as_ref());
        let identity = Identity {
            id: atriz_kernel::new_id(clock),
            name: self.database.mark().to_owned(),
            environment: self.context.environment,
            created_at: clock.now(),
        };
        bootstrap(transaction, engine, Some(&identity)).await?;
        let now = clock.now().timestamp();
        for adopted in &adoption.versions {
            record_applied(transaction, engine, &adopted.version, adopted.applied_at.unwrap_or(now)).await?;
        }
        let lines: Vec<_> = adoption.versions.iter().map(|adopted| self.line(folder, adoption, adopted)).collect();
        append(transaction, engine, &lines).await
    }

    /// The journal's line: applied, with the checksum of our file, and marked as another tool's work.
    fn line(&self, folder: &Folder, adoption: &Adoption, adopted: &AdoptedVersion) -> Journal {
        let checksum = folder.get(&adopted.version).and_then(crate::migrate::Migration::checksum);
        let (checksum, raw_hash) = checksum.unzip();
        Journal {
            run_id: self.context.run_id,
            version: adopted.version.clone(),
            direction: Direction::Up,
            event: Event::Applied,
            statement_number: None,
            statement_count: 0,
            checksum: checksum.map(str::to_owned),
            raw_hash: raw_hash.map(str::to_owned),
            happened_at: self.context.clock.now(),
            duration_us: None,
            error: None,
            operator: format!("{}, adopted from {} ({})", self.context.operator, adoption.tool, adoption.table),
        }
    }
}

fn failed(session: &Session, error: &DbErr) -> Error {
    MigrationError::engine(&session.place, error).into()
}
