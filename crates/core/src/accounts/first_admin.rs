//! The first administrator, whom nobody can invite.

use atriz_db::with_transaction;
use atriz_kernel::{UserId, new_id};
use sea_orm::sea_query::LockType;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect,
};
use secrecy::SecretString;
use uuid::Uuid;

use super::{Accounts, rows, verify_email};
use crate::audit::Actor;
use crate::entity::auth::users::{self, UserStatus};
use crate::entity::auth::{roles, user_roles};
use crate::ground::Ground;
use crate::password::{Context, Hashed, Policy};
use crate::sessions::Note;
use crate::values::{Email, parse_name};
use crate::{AuthError, Client};

/// The role that may do everything.
const ADMIN: &str = "admin";

impl Accounts {
    /// Makes the first administrator, whose address counts as proven: who can run commands on the server is trusted. The
    /// password is given by them; there is none by default anywhere.
    ///
    /// # Errors
    ///
    /// [`AuthError::Conflict`] when there is an administrator already, or the address has an account;
    /// [`AuthError::Unacceptable`] for what cannot be taken.
    pub async fn create_first_admin(
        &self,
        email: &str,
        name: &str,
        password: &SecretString,
    ) -> Result<UserId, AuthError> {
        let (email, name) = (Email::parse(email)?, parse_name(name)?);
        Policy::check(password, &Context { name: &name, email: email.norm(), second_factor: false })?;
        let hashed = self.ground.hashing.hash(password).await?;
        with_transaction(&self.ground.database, |transaction| {
            let (ground, email, name, hashed) = (self.ground.clone(), email.clone(), name.clone(), hashed.clone());
            Box::pin(async move { create(&ground, transaction, email, name, &hashed).await })
        })
        .await
    }
}

async fn create(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    email: Email,
    name: String,
    hashed: &Hashed,
) -> Result<UserId, AuthError> {
    if !lock_administrators(ground, transaction).await?.is_empty() {
        return Err(AuthError::Conflict("there is an administrator already, who can invite others".to_owned()));
    }
    let same = users::Entity::find().filter(users::Column::EmailNorm.eq(email.norm())).one(transaction).await?;
    if same.is_some() {
        return Err(AuthError::Conflict("this address has an account".to_owned()));
    }
    let user = insert_verified(ground, transaction, &email, name).await?;
    rows::set_password(ground, transaction, user, hashed).await?;
    rows::give_role(ground, transaction, user, verify_email::EVERYBODY, None).await?;
    if rows::give_role(ground, transaction, user, ADMIN, None).await? == 0 {
        return Err(AuthError::Conflict("there is no role admin; load the reference seeds first".to_owned()));
    }
    let client = Client::default();
    let note = Note::anonymous("admin_create", &client).actor(Actor::System).to(user);
    ground.audit.record(transaction, note.event()).await?;
    Ok(UserId(user))
}

/// Writes an account whose address is proven.
pub(super) async fn insert_verified(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    email: &Email,
    name: String,
) -> Result<Uuid, DbErr> {
    let (id, now) = (new_id(&*ground.clock), ground.clock.now());
    let user = users::ActiveModel {
        id: Set(id),
        name: Set(name),
        email: Set(email.given().to_owned()),
        email_norm: Set(email.norm().to_owned()),
        email_verified_at: Set(Some(now)),
        status: Set(UserStatus::Active),
        token_epoch: Set(0),
        cred_gen: Set(0),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    user.insert(transaction).await?;
    Ok(id)
}

/// The administrators who can sign in now. Their role is locked until the commit, so that two who are both the last but
/// one do not leave together, and two first ones do not come together.
pub(crate) async fn lock_administrators(
    ground: &Ground,
    transaction: &DatabaseTransaction,
) -> Result<Vec<Uuid>, DbErr> {
    let role = roles::Entity::find()
        .filter(roles::Column::Code.eq(ADMIN))
        .lock(LockType::NoKeyUpdate)
        .one(transaction)
        .await?;
    let Some(role) = role else { return Ok(Vec::new()) };
    let lasting = Condition::any()
        .add(user_roles::Column::ExpiresAt.is_null())
        .add(user_roles::Column::ExpiresAt.gt(ground.clock.now()));
    let holders: Vec<Uuid> = user_roles::Entity::find()
        .select_only()
        .column(user_roles::Column::UserId)
        .filter(user_roles::Column::RoleId.eq(role.id))
        .filter(lasting)
        .into_tuple()
        .all(transaction)
        .await?;
    users::Entity::find()
        .select_only()
        .column(users::Column::Id)
        .filter(users::Column::Id.is_in(holders))
        .filter(users::Column::Status.eq(UserStatus::Active))
        .filter(users::Column::EmailVerifiedAt.is_not_null())
        .order_by_asc(users::Column::Id)
        .into_tuple()
        .all(transaction)
        .await
}
