//! Finding accounts.

use atriz_kernel::UserId;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{Account, AccountFilter, Accounts};
use crate::entity::auth::users;
use crate::values::Email;
use crate::{AuthError, Caller};

/// The longest page.
const MOST: u64 = 1_000;

impl Accounts {
    /// The account of this id.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn find(&self, id: UserId) -> Result<Option<Account>, DbErr> {
        Ok(users::Entity::find_by_id(id.0).one(self.ground.database.read()).await?.map(Account::from))
    }

    /// The account of this address, however it is written.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn find_by_email(&self, email: &str) -> Result<Option<Account>, DbErr> {
        let Ok(email) = Email::parse(email) else { return Ok(None) };
        let found = users::Entity::find().filter(users::Column::EmailNorm.eq(email.norm()));
        Ok(found.one(self.ground.database.read()).await?.map(Account::from))
    }

    /// An account, for an administrator. It takes `users.read`.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`], [`AuthError::NotFound`].
    pub async fn get(&self, caller: &Caller, id: UserId) -> Result<Account, AuthError> {
        caller.require("users.read")?;
        self.find(id).await?.ok_or(AuthError::NotFound)
    }

    /// Accounts by their addresses, a page at a time. It takes `users.read`.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`].
    pub async fn list(&self, caller: &Caller, filter: &AccountFilter) -> Result<Vec<Account>, AuthError> {
        caller.require("users.read")?;
        let mut found = users::Entity::find().order_by_asc(users::Column::EmailNorm).limit(filter.limit.clamp(1, MOST));
        if let Some(after) = &filter.after {
            found = found.filter(users::Column::EmailNorm.gt(after.as_str()));
        }
        if let Some(search) = filter.search.as_deref().map(str::trim).filter(|search| !search.is_empty()) {
            let pattern = || LikeExpr::new(format!("%{}%", literally(&search.to_lowercase()))).escape('\\');
            let name = Expr::expr(Func::lower(Expr::col(users::Column::Name)));
            found = found.filter(
                Condition::any().add(name.like(pattern())).add(Expr::col(users::Column::EmailNorm).like(pattern())),
            );
        }
        Ok(found.all(self.ground.database.read()).await?.into_iter().map(Account::from).collect())
    }
}

/// A text as a pattern that matches that text alone.
fn literally(text: &str) -> String {
    text.chars().take(200).fold(String::new(), |mut pattern, letter| {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
        pattern
    })
}
