//! Second factors: authenticator apps, and the recovery codes that stand in for a lost one.
//!
//! **Invariant:** a code works once. The step of an authenticator is taken by a compare-and-swap, a recovery code by the
//! write that consumes it.

mod check;
mod enrol;
mod recovery;
mod remove;
mod totp;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::{Expr, SelectStatement};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use secrecy::SecretString;
use uuid::Uuid;

use crate::entity::auth::{sessions, totp_secrets, users};
use crate::ground::Ground;
use crate::{AuthError, Caller};

pub(crate) use remove::remove_all_of;

/// The `acr` of a session that was proven by two factors.
pub(crate) const STRONG: &str = "aal2";
/// How long ago a person may have proved who they are for what demands it.
pub const STEP_UP_AGE: TimeDelta = TimeDelta::minutes(10);

/// Adds, checks and removes second factors.
#[derive(Clone, Debug)]
pub struct SecondFactors {
    ground: Ground,
}

/// An authenticator app of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Its id.
    pub id: Uuid,
    /// What the person calls it.
    pub label: String,
    /// When the first right code came; before that it protects nothing.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}

/// A new authenticator app: what it has to be told, once.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// The id to confirm it by.
    pub id: Uuid,
    /// The seed in base 32, to be typed.
    pub secret: SecretString,
    /// The same as an address, to be shown as a picture.
    pub otpauth_url: SecretString,
}

/// Ten codes, shown once.
#[derive(Clone, Debug)]
pub struct RecoveryCodes(pub Vec<SecretString>);

/// How somebody proved a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// By an authenticator app.
    Totp,
    /// By a recovery code.
    Recovery,
}

/// The confirmed authenticator apps of each person, for a query of people.
pub(crate) fn confirmed_of_users() -> SelectStatement {
    let of_the_person =
        Expr::col((totp_secrets::Entity, totp_secrets::Column::UserId)).equals((users::Entity, users::Column::Id));
    totp_secrets::Entity::find()
        .select_only()
        .column(totp_secrets::Column::Id)
        .filter(of_the_person)
        .filter(totp_secrets::Column::ConfirmedAt.is_not_null())
        .into_query()
}

impl Method {
    /// Its name in `amr` (RFC 8176 knows the first).
    pub(crate) fn amr(self) -> &'static str {
        match self {
            Self::Totp => "otp",
            Self::Recovery => "recovery",
        }
    }
}

impl SecondFactors {
    /// Over what all flows share.
    pub(crate) fn new(ground: Ground) -> Self {
        Self { ground }
    }

    /// Whether a person has a second factor, which is then asked for.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub(crate) async fn required(&self, user: Uuid) -> Result<bool, AuthError> {
        let confirmed = totp_secrets::Entity::find()
            .filter(totp_secrets::Column::UserId.eq(user))
            .filter(totp_secrets::Column::ConfirmedAt.is_not_null())
            .count(self.ground.database.read())
            .await?;
        Ok(confirmed > 0)
    }

    /// Asks that the session of a person who has a second factor was proven by one.
    ///
    /// # Errors
    ///
    /// [`AuthError::StepUpRequired`] if not.
    pub(crate) async fn demand(&self, caller: &Caller) -> Result<(), AuthError> {
        self.demand_of(caller, None).await
    }

    /// The same, and that it was proven a moment ago.
    ///
    /// # Errors
    ///
    /// As there.
    pub(crate) async fn demand_now(&self, caller: &Caller) -> Result<(), AuthError> {
        self.demand_of(caller, Some(self.ground.clock.now() - STEP_UP_AGE)).await
    }

    /// The row of the session is asked, and not the token, which may be older than the proof.
    async fn demand_of(&self, caller: &Caller, since: Option<DateTime<Utc>>) -> Result<(), AuthError> {
        let session = sessions::Entity::find_by_id(caller.session()?).one(self.ground.database.read()).await?;
        let proven = |row: &sessions::Model| row.acr == STRONG && since.is_none_or(|since| row.auth_time >= since);
        if session.as_ref().is_some_and(proven) || !self.required(caller.user()?.0).await? {
            return Ok(());
        }
        Err(AuthError::StepUpRequired)
    }

    /// The authenticator apps of the person who asks, oldest first.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] for a service account or an API key.
    pub async fn list(&self, caller: &Caller) -> Result<Vec<Factor>, AuthError> {
        caller.session()?;
        let rows = totp_secrets::Entity::find()
            .filter(totp_secrets::Column::UserId.eq(caller.user()?.0))
            .order_by_asc(totp_secrets::Column::Id)
            .all(self.ground.database.read())
            .await?;
        let factor = |row: totp_secrets::Model| Factor {
            id: row.id,
            label: row.label,
            confirmed_at: row.confirmed_at,
            created_at: row.created_at,
        };
        Ok(rows.into_iter().map(factor).collect())
    }
}
