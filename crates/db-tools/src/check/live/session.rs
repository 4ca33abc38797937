//! Sessions that only read.

use atriz_db::{ConnectError, Engine, Error, Purpose, Session, Target};
use sea_orm::{AccessMode, DbErr, IsolationLevel};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, TransactionTrait as _};

/// Row security that would hide rows is an error instead, since a row that is not seen looks like an orphan's.
const SETTINGS: &str = "SET default_transaction_read_only = on; SET lock_timeout = '3s'; SET row_security = off";

/// A session that reads: with the credentials that migrate, or with the app's where those are refused.
pub(super) async fn open(target: &Target) -> Result<Session, Error> {
    let opened = match Session::open(target, Purpose::Look).await {
        Err(ConnectError::Login { place, reason }) => {
            let refused = ConnectError::Login { place, reason };
            let Some(other) = as_app(target) else { return Err(refused.into()) };
            Session::open(&other, Purpose::Look).await.map_err(|_| refused)?
        }
        other => other?,
    };
    if opened.engine == Engine::Postgres {
        let set = opened.connection.execute_unprepared(SETTINGS).await;
        set.map_err(|error| ConnectError::Other { place: opened.place.clone(), reason: error.to_string() })?;
    }
    Ok(opened)
}

fn as_app(target: &Target) -> Option<Target> {
    let Target::Postgres(target) = target else { return None };
    let mut target = target.clone();
    target.migrate = None;
    target.app.is_some().then_some(Target::Postgres(target))
}

/// One picture of the database, whatever is written meanwhile.
pub(super) async fn snapshot(session: &Session) -> Result<DatabaseTransaction, DbErr> {
    match session.engine {
        Engine::Postgres => {
            let (level, mode) = (Some(IsolationLevel::RepeatableRead), Some(AccessMode::ReadOnly));
            session.connection.begin_with_config(level, mode).await
        }
        Engine::Sqlite => session.connection.begin_with_options(sea_orm::TransactionOptions::default()).await,
    }
}
