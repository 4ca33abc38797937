//! Changes who holds a role. Access tokens that say otherwise are refused from then on.

use atriz_db::with_transaction;
use atriz_kernel::UserId;
use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::Roles;
use super::ceiling::{Lasting, may_give};
use crate::AuthError;
use crate::accounts::lock_administrators;
use crate::audit::{Actor, AuditEvent, Outcome};
use crate::caller::{Caller, Client};
use crate::entity::auth::{roles, user_roles, users};
use crate::ground::Ground;
use crate::sql;
use crate::values::check_end;

const GRANT: &str = "role.grant";
const REVOKE: &str = "role.revoke";

/// The role without which nobody could give roles any more.
pub(super) const ADMIN: &str = "admin";

/// Gives a role within a transaction, and makes older access tokens of that person worthless. An end on the role of the
/// last administrator would be one for all, too.
async fn give(
    ground: &Ground,
    transaction: &DatabaseTransaction,
    user: Uuid,
    code: &str,
    granted_by: Option<Uuid>,
    expires_at: Option<DateTime<Utc>>,
) -> Result<(), AuthError> {
    let role = role(transaction, code).await?;
    if code == ADMIN && expires_at.is_some() {
        lock_administrators(ground, transaction).await?;
    }
    let row = user_roles::ActiveModel {
        user_id: Set(user),
        role_id: Set(role),
        granted_by: Set(granted_by),
        granted_at: Set(ground.clock.now()),
        expires_at: Set(expires_at),
    };
    let columns = [user_roles::Column::GrantedBy, user_roles::Column::GrantedAt, user_roles::Column::ExpiresAt];
    let anew = OnConflict::columns([user_roles::Column::UserId, user_roles::Column::RoleId])
        .update_columns(columns)
        .to_owned();
    let epoch = raise_epoch(transaction, user).await?;
    user_roles::Entity::insert(row).on_conflict(anew).exec_without_returning(transaction).await?;
    if code == ADMIN && expires_at.is_some() {
        somebody_stays(transaction).await?;
    }
    Ok(ground.revocations.user(transaction, user, epoch).await?)
}

/// Takes a role away within a transaction.
async fn take(ground: &Ground, transaction: &DatabaseTransaction, user: Uuid, code: &str) -> Result<(), AuthError> {
    let role = role(transaction, code).await?;
    if code == ADMIN {
        lock_administrators(ground, transaction).await?;
    }
    let epoch = raise_epoch(transaction, user).await?;
    let taken = user_roles::Entity::delete_by_id((user, role)).exec(transaction).await?;
    if taken.rows_affected == 0 {
        return Err(AuthError::NotFound);
    }
    if code == ADMIN {
        somebody_stays(transaction).await?;
    }
    Ok(ground.revocations.user(transaction, user, epoch).await?)
}

/// Asks that an administrator be left who can sign in and whose role has no end: one with an end leaves by themselves, and
/// then nobody would be there. The administrators are locked, and the change was made in the same transaction.
///
/// # Errors
///
/// [`AuthError::Conflict`], which has to roll the change back.
pub(crate) async fn somebody_stays(transaction: &DatabaseTransaction) -> Result<(), AuthError> {
    const STAYS: &str = "SELECT u.id FROM users u JOIN user_roles h ON h.user_id = u.id JOIN roles r ON r.id = h.role_id \
        WHERE r.code = $1 AND h.expires_at IS NULL AND u.status = 'active' AND u.email_verified_at IS NOT NULL LIMIT 1";
    match sql::one(transaction, STAYS, [ADMIN.into()]).await? {
        Some(_) => Ok(()),
        None => Err(AuthError::Conflict("nobody would be an administrator any more".to_owned())),
    }
}

async fn role(transaction: &DatabaseTransaction, code: &str) -> Result<Uuid, AuthError> {
    let found = roles::Entity::find().filter(roles::Column::Code.eq(code)).one(transaction).await?;
    found.map(|role| role.id).ok_or(AuthError::NotFound)
}

/// Makes older access tokens of a person worthless, together with the row that says so.
async fn raise_epoch(transaction: &DatabaseTransaction, user: Uuid) -> Result<i64, AuthError> {
    let raised = users::Entity::update_many()
        .col_expr(users::Column::TokenEpoch, Expr::col(users::Column::TokenEpoch).add(1))
        .filter(users::Column::Id.eq(user))
        .exec_with_returning(transaction)
        .await?;
    raised.first().map(|user| user.token_epoch).ok_or(AuthError::NotFound)
}

impl Roles {
    /// Gives a role to a person; one that is held already gets the new end.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `roles.grant`, and for a role that permits what the caller may not do where it
    /// counts, or not for as long; [`AuthError::NotFound`] for a person or role that is not there; [`AuthError::Conflict`] for an end on the
    /// role of the last administrator.
    pub async fn grant(
        &self,
        caller: &Caller,
        user: UserId,
        code: &str,
        expires_at: Option<DateTime<Utc>>,
        client: &Client,
    ) -> Result<(), AuthError> {
        caller.require("roles.grant")?;
        check_end(expires_at, self.ground.clock.now())?;
        let given = self.change(caller, user, code, Change::Give(expires_at), client).await;
        self.ground.noting(given, caller, GRANT, client).await
    }

    /// Takes a role from a person.
    ///
    /// # Errors
    ///
    /// [`AuthError::Forbidden`] without `roles.grant`, and for a role that permits what the caller may not do now;
    /// [`AuthError::NotFound`] for a role that is not held, [`AuthError::Conflict`] for that of the last administrator.
    pub async fn revoke(&self, caller: &Caller, user: UserId, code: &str, client: &Client) -> Result<(), AuthError> {
        caller.require("roles.grant")?;
        let taken = self.change(caller, user, code, Change::Take, client).await;
        self.ground.noting(taken, caller, REVOKE, client).await
    }

    async fn change(
        &self,
        caller: &Caller,
        user: UserId,
        code: &str,
        change: Change,
        client: &Client,
    ) -> Result<(), AuthError> {
        let work = (self.ground.clone(), caller.clone(), code.to_owned(), client.clone());
        with_transaction(&self.ground.database, move |transaction| {
            let (ground, caller, code, client) = work.clone();
            Box::pin(async move {
                let granter = caller.user.map(|user| user.0);
                let (action, detail) = match change {
                    Change::Give(until) => {
                        may_give(&ground, transaction, &caller, &code, Lasting::from(until)).await?;
                        give(&ground, transaction, user.0, &code, granter, until).await?;
                        (GRANT, json!({ "role": code, "expires_at": until }))
                    }
                    Change::Take => {
                        may_give(&ground, transaction, &caller, &code, Lasting::Now).await?;
                        take(&ground, transaction, user.0, &code).await?;
                        (REVOKE, json!({ "role": code }))
                    }
                };
                let event = AuditEvent {
                    actor: Actor::of(&caller),
                    subject: Some(user.0),
                    app: Some(&caller.app),
                    action,
                    outcome: Outcome::Success,
                    client: &client,
                    session: caller.session,
                    detail,
                };
                Ok::<_, AuthError>(ground.audit.record(transaction, event).await?)
            })
        })
        .await?;
        self.ground.revocations.applied();
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Change {
    Give(Option<DateTime<Utc>>),
    Take,
}
