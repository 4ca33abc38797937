//! Passwords of the demo users. They are computed, not seeded: a hash in a file would be the same salt everywhere.

use std::sync::Arc;

use atriz_db::FailureKind;
use atriz_db::seed::{SeedContext, SeedError, SeedOutcome};
use atriz_kernel::seed_id;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use secrecy::SecretString;

use crate::entity::auth::{user_credentials, users};
use crate::password::hash_password;

/// The password of every demo user. Demo seeds refuse production.
pub const DEMO_PASSWORD: &str = "demo password 2026";

/// A demo user whom the quick start names.
#[derive(Clone, Copy, Debug)]
pub struct DemoUser {
    /// The address to sign in with.
    pub email: &'static str,
    /// What the user may do, in words.
    pub role: &'static str,
}

/// One demo user per role worth trying.
pub const DEMO_USERS: &[DemoUser] = &[
    DemoUser { email: "admin@example.com", role: "administers everything" },
    DemoUser { email: "support@example.com", role: "helps users" },
    DemoUser { email: "auditor@example.com", role: "reads the audit log" },
    DemoUser { email: "member@example.com", role: "a plain member" },
    DemoUser { email: "site-admin@example.com", role: "administers the website" },
    DemoUser { email: "editor@example.com", role: "edits the website" },
    DemoUser { email: "moderator@example.com", role: "moderates items" },
    DemoUser { email: "seller1@example.com", role: "sells items" },
    DemoUser { email: "fleet-admin@example.com", role: "administers the fleet" },
    DemoUser { email: "dispatcher@example.com", role: "dispatches the fleet" },
    DemoUser { email: "driver@example.com", role: "drives" },
    DemoUser { email: "manager@example.com", role: "manages the shop" },
    DemoUser { email: "stock-keeper@example.com", role: "keeps the stock" },
    DemoUser { email: "cashier@example.com", role: "sells at the till" },
];

const NAME: &str = "demo/03_user_credentials";

/// The seed that gives every demo user without a password the demo password.
pub(crate) fn passwords() -> atriz_db::catalog::SeedRun {
    Arc::new(|transaction, context| Box::pin(set_passwords(transaction, context)))
}

/// The way back: a demo user whose password nobody changed loses it.
pub(crate) fn passwords_back() -> atriz_db::catalog::SeedRun {
    Arc::new(|transaction, _| Box::pin(remove_passwords(transaction)))
}

async fn remove_passwords(transaction: &DatabaseTransaction) -> Result<SeedOutcome, SeedError> {
    let failed = |error: DbErr| SeedError::function(NAME, &error);
    let mut outcome = SeedOutcome::default();
    for (user, credential) in demo_users(transaction).await.map_err(failed)? {
        let Some(credential) = credential else { continue };
        if credential.updated_at != credential.created_at {
            outcome.unchanged += 1;
            continue;
        }
        let removed = user_credentials::Entity::delete_by_id(user.id).exec(transaction).await.map_err(failed)?;
        outcome.inserted += removed.rows_affected;
    }
    Ok(outcome)
}

/// The users that demo seeds made, with their passwords.
async fn demo_users(
    transaction: &DatabaseTransaction,
) -> Result<Vec<(users::Model, Option<user_credentials::Model>)>, DbErr> {
    let users =
        users::Entity::find().filter(users::Column::EmailNorm.ends_with("@example.com")).all(transaction).await?;
    let credentials = user_credentials::Entity::find().all(transaction).await?;
    let of_user = |user: &users::Model| credentials.iter().find(|credential| credential.user_id == user.id).cloned();
    let seeded = users.into_iter().filter(|user| user.id == seed_id("users", &user.email_norm));
    Ok(seeded.map(|user| (user.clone(), of_user(&user))).collect())
}

async fn set_passwords(transaction: &DatabaseTransaction, context: &SeedContext) -> Result<SeedOutcome, SeedError> {
    let failed = |error: DbErr| SeedError::function(NAME, &error);
    let mut outcome = SeedOutcome::default();
    for (user, credential) in demo_users(transaction).await.map_err(failed)? {
        if credential.is_some() {
            outcome.unchanged += 1;
            continue;
        }
        let phc = tokio::task::block_in_place(|| hash_password(&SecretString::from(DEMO_PASSWORD)));
        let broken = |message| SeedError::Engine { file: NAME.to_owned(), message, kind: FailureKind::Other };
        let phc = phc.map_err(|error| broken(error.to_string()))?;
        let now = context.clock.now();
        let credential = user_credentials::ActiveModel {
            user_id: Set(user.id),
            phc: Set(phc),
            pepper_id: Set("none".to_owned()),
            norm_version: Set(1),
            created_at: Set(now),
            updated_at: Set(now),
        };
        credential.insert(transaction).await.map_err(failed)?;
        outcome.inserted += 1;
    }
    Ok(outcome)
}
