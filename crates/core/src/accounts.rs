//! Who there is.

use atriz_db::Database;
use atriz_kernel::UserId;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

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

/// An account, without any of its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id, which other databases refer to.
    pub id: UserId,
    /// How it is called.
    pub name: String,
    /// Its address as it was given.
    pub email: String,
    /// Whether it may sign in.
    pub status: AccountStatus,
}

/// Looks accounts up.
#[derive(Clone, Debug)]
pub struct Accounts {
    database: Database,
}

impl Accounts {
    /// Over core's database.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// The account of this id.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn find(&self, id: UserId) -> Result<Option<Account>, DbErr> {
        Ok(users::Entity::find_by_id(id.0).one(self.database.read()).await?.map(account))
    }

    /// The account of this address, whatever its case.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn find_by_email(&self, email: &str) -> Result<Option<Account>, DbErr> {
        let norm = email.trim().to_lowercase();
        let found = users::Entity::find().filter(users::Column::EmailNorm.eq(norm)).one(self.database.read()).await?;
        Ok(found.map(account))
    }
}

fn account(user: users::Model) -> Account {
    let status = match user.status {
        users::UserStatus::Active => AccountStatus::Active,
        users::UserStatus::Disabled => AccountStatus::Disabled,
        users::UserStatus::Erasing | users::UserStatus::Erased => AccountStatus::Erased,
    };
    Account { id: UserId(user.id), name: user.name, email: user.email, status }
}
