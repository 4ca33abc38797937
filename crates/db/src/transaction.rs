//! Transactions that are run again when the engine says that running them again may help.

use std::time::Duration;

use futures_util::future::BoxFuture;
use rand::RngExt as _;
use sea_orm::{DatabaseTransaction, DbErr};
use tracing::debug;

use crate::connect::Database;
use crate::failure::Failure;

/// How often a transaction is tried in all.
const ATTEMPTS: u32 = 5;

/// Runs `work` in one transaction and commits it.
///
/// It is run again, at most five times in all, after a serialisation failure (40001), a deadlock (40P01), a plan that no
/// longer fits (0A000) or a busy SQLite file, so `work` must have no effect outside the transaction.
///
/// # Errors
///
/// The error of `work` or of the engine; the transaction is rolled back.
pub async fn with_transaction<T, E, F>(database: &Database, mut work: F) -> Result<T, E>
where
    F: for<'a> FnMut(&'a DatabaseTransaction) -> BoxFuture<'a, Result<T, E>>,
    E: From<DbErr> + AsDbErr,
{
    let mut attempt = 1;
    loop {
        match once(database, &mut work).await {
            Err(error) if attempt < ATTEMPTS && error.as_db_err().is_some_and(is_transient) => {
                debug!(attempt, "the transaction is run again");
                tokio::time::sleep(backoff(attempt)).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}

/// An error that may hold one of SeaORM's.
pub trait AsDbErr {
    /// SeaORM's error, if this is one.
    fn as_db_err(&self) -> Option<&DbErr>;
}

impl AsDbErr for DbErr {
    fn as_db_err(&self) -> Option<&DbErr> {
        Some(self)
    }
}

async fn once<T, E, F>(database: &Database, work: &mut F) -> Result<T, E>
where
    F: for<'a> FnMut(&'a DatabaseTransaction) -> BoxFuture<'a, Result<T, E>>,
    E: From<DbErr>,
{
    let transaction = database.begin().await?;
    match work(&transaction).await {
        Ok(value) => {
            transaction.commit().await?;
            Ok(value)
        }
        Err(error) => {
            // The first error is the one to report; a connection that cannot roll back is closed, which rolls back.
            let _ = transaction.rollback().await;
            Err(error)
        }
    }
}

fn is_transient(error: &DbErr) -> bool {
    Failure::of(error).is_transient()
}

/// Doubles from 5 ms, with jitter so that those who collided once do not collide again.
fn backoff(attempt: u32) -> Duration {
    let base = 5_u64 << attempt.min(6);
    Duration::from_millis(base + rand::rng().random_range(0..=base))
}
