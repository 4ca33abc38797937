//! How a person proves who they are: the password, and the second factor if they have one.
//!
//! **Invariant:** every attempt costs one hash and the same queries, whoever is asked for, until the password was right.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect, QueryTrait,
};
use secrecy::SecretString;
use serde_json::json;

use super::{Note, Sessions};
use crate::AuthError;
use crate::audit::Outcome;
use crate::caller::Client;
use crate::entity::auth::{user_credentials, users};
use crate::password::{Hashed, Stored};
use crate::second_factor::{self, SecondFactors};
use crate::throttle::{Receipt, limits};
use crate::values::Email;

/// Somebody claims to be the owner of an address.
#[derive(Debug)]
pub(super) struct Claim<'a> {
    /// The address in its comparable form.
    pub(super) email_norm: &'a str,
    pub(super) password: &'a SecretString,
    pub(super) code: Option<&'a SecretString>,
    /// The app they want, by its code.
    pub(super) app: &'a str,
    /// What the audit trail calls this.
    pub(super) action: &'static str,
    pub(super) client: &'a Client,
}

/// They are.
#[derive(Debug)]
pub(super) struct Proven {
    pub(super) user: users::Model,
    pub(super) proof: Proof,
    /// A hash to be written in place of the one that is stored, which is out of date.
    pub(super) upgrade: Option<(String, Hashed)>,
    /// What was charged, to be given back once all is done.
    pub(super) receipt: Receipt,
}

/// An account and what it is proven by.
#[derive(Debug)]
struct Account {
    user: users::Model,
    /// Its password; not there for somebody who never chose one.
    credential: Option<user_credentials::Model>,
    /// Whether it has a second factor, which is then asked for.
    second_factor: bool,
}

/// How and when somebody proved who they are.
#[derive(Clone, Debug)]
pub(super) struct Proof {
    pub(super) auth_time: DateTime<Utc>,
    pub(super) amr: Vec<String>,
    pub(super) acr: String,
}

impl Proof {
    fn new(auth_time: DateTime<Utc>, second: Option<&str>) -> Self {
        let amr = std::iter::once("pwd").chain(second).map(str::to_owned).collect();
        let acr = if second.is_some() { "aal2" } else { "aal1" };
        Self { auth_time, amr, acr: acr.to_owned() }
    }
}

impl Sessions {
    /// Checks a claim. What it charged is given back at once when nothing was guessed.
    ///
    /// Hundreds may wait for their hash. What comes before and behind it is boxed, so that they hold no room for it meanwhile.
    pub(super) async fn prove(&self, claim: &Claim<'_>) -> Result<Proven, AuthError> {
        let charges = limits::sign_in(claim.email_norm, claim.client);
        let receipt = self.ground.throttles.charge(&charges).await?;
        match self.check(claim).await {
            Ok((user, proof, upgrade)) => Ok(Proven { user, proof, upgrade, receipt }),
            Err(
                error @ (AuthError::SecondFactorRequired
                | AuthError::CodesStopped
                | AuthError::Throttled { .. }
                | AuthError::Overloaded { .. }),
            ) => Err(Box::pin(self.ground.throttles.give_up(receipt, error)).await),
            Err(error) => Err(error),
        }
    }

    async fn check(&self, claim: &Claim<'_>) -> Result<(users::Model, Proof, Option<(String, Hashed)>), AuthError> {
        let account = Box::pin(self.account(claim.email_norm)).await?;
        let credential = account.as_ref().and_then(|account| account.credential.as_ref());
        let stored = credential.map(Stored::from);
        let verdict = self.ground.hashing.verify(claim.password, stored.as_ref()).await?;
        let (user, credential, second_factor) = match account {
            Some(Account { user, credential: Some(credential), second_factor }) if verdict.matches => {
                (user, credential, second_factor)
            }
            other => {
                Box::pin(self.refused(claim, other.as_ref().map(|account| &account.user), "password")).await?;
                return Err(AuthError::Credentials);
            }
        };
        if let Some(error) = barred(&user) {
            Box::pin(self.refused(claim, Some(&user), "account")).await?;
            return Err(error);
        }
        let second = if second_factor { Some(Box::pin(self.second_factor(claim, &user)).await?) } else { None };
        let upgrade = if verdict.upgrade {
            // A pool that is full keeps nobody out who is in already: the next sign-in will do it.
            self.ground.hashing.hash(claim.password).await.ok().map(|hashed| (credential.phc, hashed))
        } else {
            None
        };
        Ok((user, Proof::new(self.ground.clock.now(), second), upgrade))
    }

    /// The account with what it is proven by, in one query. What changes there while a password is hashed is noticed by the
    /// generation of the credentials. There is one of an address, so no limit is set: SQLite plans a statement anew each time
    /// a limit is given as a parameter.
    async fn account(&self, email_norm: &str) -> Result<Option<Account>, AuthError> {
        const SECOND_FACTOR: &str = "second_factor";
        let credential = user_credentials::Entity::belongs_to(users::Entity)
            .from(user_credentials::Column::UserId)
            .to(users::Column::Id);
        let database = self.ground.database.read();
        let query = users::Entity::find()
            .join(JoinType::LeftJoin, sea_orm::RelationDef::from(credential).rev())
            .select_also(user_credentials::Entity)
            .expr_as(Expr::exists(second_factor::confirmed_of_users()), SECOND_FACTOR)
            .filter(users::Column::EmailNorm.eq(email_norm))
            .build(database.get_database_backend());
        let Some(row) = database.query_one_raw(query).await? else { return Ok(None) };
        Ok(Some(Account {
            user: users::Model::from_query_result(&row, "A_")?,
            credential: Option::<user_credentials::Model>::from_query_result(&row, "B_")?,
            second_factor: row.try_get("", SECOND_FACTOR)?,
        }))
    }

    async fn second_factor(&self, claim: &Claim<'_>, user: &users::Model) -> Result<&'static str, AuthError> {
        let Some(code) = claim.code else {
            // Whoever knows a password and lacks the rest is worth knowing of.
            self.refused(claim, Some(user), "no second factor").await?;
            return Err(AuthError::SecondFactorRequired);
        };
        match SecondFactors::new(self.ground.clone()).check(user.id, code, claim.client).await {
            Ok(method) => Ok(method.amr()),
            Err(error) => {
                if matches!(error, AuthError::Credentials) {
                    self.refused(claim, Some(user), "second factor").await?;
                }
                Err(error)
            }
        }
    }

    async fn refused(&self, claim: &Claim<'_>, user: Option<&users::Model>, why: &str) -> Result<(), AuthError> {
        let note = Note::anonymous(claim.action, claim.client)
            .to(user.map(|user| user.id))
            .at(claim.app)
            .outcome(Outcome::Failure)
            .detail(json!({ "failed": why }));
        Ok(self.ground.audit.record_alone(note.event()).await?)
    }
}

/// Why an account whose password was right may still not sign in.
fn barred(user: &users::Model) -> Option<AuthError> {
    match user.status {
        // As a wrong password: whoever signed up with somebody's address would hear whether that has an account.
        users::UserStatus::Active if user.email_verified_at.is_none() => Some(AuthError::Credentials),
        users::UserStatus::Active => None,
        _ => Some(AuthError::AccountDisabled),
    }
}

/// An address as accounts are looked up by it. Text that is none is looked up all the same, so that it takes as long.
pub(super) fn comparable(email: &str) -> String {
    Email::parse(email).map_or_else(|_| plain(email), |email| email.norm().to_owned())
}

fn plain(text: &str) -> String {
    // No address has one of these, and text that PostgreSQL cannot take is not to be anybody's.
    let seen = |letter: char| if letter.is_control() { char::REPLACEMENT_CHARACTER } else { letter };
    text.trim().chars().map(seen).take(254).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_compared_as_it_is_and_not_as_what_is_left_of_it() {
        assert_eq!(comparable(" Ada@Example.com "), "ada@example.com");
        for text in ["a\u{0}da@example.com", "ad\na@example.com", "ada@exam\tple.com"] {
            assert!(!comparable(text).contains("ada@example.com") && !comparable(text).contains('\0'), "{text:?}");
        }
    }
}
