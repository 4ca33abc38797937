//! An account as others see it.

use atriz_kernel::UserId;
use chrono::{DateTime, Utc};

use crate::entity::auth::users;

/// Where an account stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStatus {
    /// It may sign in.
    Active,
    /// It may not sign in.
    Disabled,
    /// It is being erased, or is.
    Erased,
}

impl AccountStatus {
    /// Its name on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Erased => "erased",
        }
    }
}

/// An account, without any of its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id, which other databases refer to.
    pub id: UserId,
    /// How it is called.
    pub name: String,
    /// Its address as it was given.
    pub email: String,
    /// Its address in the comparable form; lists are sorted by it.
    pub email_norm: String,
    /// When the address was proven.
    pub email_verified_at: Option<DateTime<Utc>>,
    /// Its telephone number in E.164 form.
    pub phone: Option<String>,
    /// When the number was proven.
    pub phone_verified_at: Option<DateTime<Utc>>,
    /// Whether it may sign in.
    pub status: AccountStatus,
    /// When it last signed in.
    pub last_login_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Changes with every change of the account; its entity tag.
    pub version: i64,
}

impl From<users::Model> for Account {
    fn from(user: users::Model) -> Self {
        let status = match user.status {
            users::UserStatus::Active => AccountStatus::Active,
            users::UserStatus::Disabled => AccountStatus::Disabled,
            users::UserStatus::Erasing | users::UserStatus::Erased => AccountStatus::Erased,
        };
        Self {
            id: UserId(user.id),
            name: user.name,
            email: user.email,
            email_norm: user.email_norm,
            email_verified_at: user.email_verified_at,
            phone: user.phone_e164,
            phone_verified_at: user.phone_verified_at,
            status,
            last_login_at: user.last_login_at,
            created_at: user.created_at,
            version: user.version,
        }
    }
}

/// Which accounts a list shows.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// What name or address contains, in whatever case.
    pub search: Option<String>,
    /// The comparable address after which the list goes on.
    pub after: Option<String>,
    /// How many at most.
    pub limit: u64,
}
