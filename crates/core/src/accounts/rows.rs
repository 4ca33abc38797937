//! The statements that several flows share.

use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Value};
use uuid::Uuid;

use crate::AuthError;
use crate::entity::auth::users::{self, UserStatus};
use crate::ground::Ground;
use crate::password::Hashed;
use crate::sql;

/// Draws the next version of an account from its own counter, which stays locked until the commit. Seeded accounts begin
/// without one.
const DRAW: &str = "INSERT INTO sync_scopes (scope_id, version, min_version) \
    SELECT id, version + 1, 0 FROM users WHERE id = $1 \
    ON CONFLICT (scope_id) DO UPDATE SET version = sync_scopes.version + 1 RETURNING version";

/// Writes the next version of an account. Nothing happens to one that is not there.
pub(super) async fn touch(ground: &Ground, connection: &impl ConnectionTrait, user: Uuid) -> Result<(), DbErr> {
    const TOUCH: &str = "UPDATE users SET version = $2, updated_at = $3 WHERE id = $1";
    let version: i64 = match sql::one(connection, DRAW, [user.into()]).await? {
        Some(row) => row.try_get("", "version")?,
        None => 0,
    };
    sql::execute(connection, TOUCH, [user.into(), version.into(), ground.clock.now().into()]).await.map(drop)
}

/// Begins a new generation of credentials, if the old one is still `cred_gen` and the account active.
///
/// # Errors
///
/// [`AuthError::InvalidSecret`] when somebody else was faster.
pub(crate) async fn next_generation(
    ground: &Ground,
    connection: &impl ConnectionTrait,
    user: Uuid,
    cred_gen: i64,
) -> Result<users::Model, AuthError> {
    use sea_orm::ExprTrait as _;
    use sea_orm::sea_query::Expr;
    let raised = users::Entity::update_many()
        .col_expr(users::Column::CredGen, Expr::col(users::Column::CredGen).add(1))
        .col_expr(users::Column::UpdatedAt, Expr::value(ground.clock.now()))
        .filter(users::Column::Id.eq(user))
        .filter(users::Column::CredGen.eq(cred_gen))
        .filter(users::Column::Status.eq(UserStatus::Active))
        .exec_with_returning(connection)
        .await?;
    raised.into_iter().next().ok_or(AuthError::InvalidSecret)
}

/// Writes a password. For a `user` of whom there is no row, the same statement runs and nothing is written.
pub(super) async fn set_password(
    ground: &Ground,
    connection: &impl ConnectionTrait,
    user: Uuid,
    hashed: &Hashed,
) -> Result<(), DbErr> {
    const SET: &str = "INSERT INTO user_credentials (user_id, phc, pepper_id, norm_version, created_at, updated_at) \
        SELECT id, $2, $3, $4, $5, $5 FROM users WHERE id = $1 \
        ON CONFLICT (user_id) DO UPDATE SET phc = excluded.phc, pepper_id = excluded.pepper_id, \
        norm_version = excluded.norm_version, updated_at = excluded.updated_at";
    let values: [Value; 5] = [
        user.into(),
        hashed.phc.clone().into(),
        hashed.pepper_id.clone().into(),
        hashed.norm_version.into(),
        ground.clock.now().into(),
    ];
    sql::execute(connection, SET, values).await.map(drop)
}

/// Gives a person a role that is not checked against anybody's rights: what everybody has, or what an invitation says.
/// A role that is not there is left out.
pub(super) async fn give_role(
    ground: &Ground,
    connection: &impl ConnectionTrait,
    user: Uuid,
    role: &str,
    granted_by: Option<Uuid>,
) -> Result<u64, DbErr> {
    const GIVE: &str = "INSERT INTO user_roles (user_id, role_id, granted_by, granted_at) \
        SELECT users.id, roles.id, $3, $4 FROM users, roles WHERE users.id = $1 AND roles.code = $2 \
        ON CONFLICT (user_id, role_id) DO NOTHING";
    let values: [Value; 4] = [user.into(), role.into(), granted_by.into(), ground.clock.now().into()];
    sql::execute(connection, GIVE, values).await
}

/// What a mail to a person calls them. To an address that nobody has proven it says nothing that somebody else wrote.
pub(super) fn called(user: &users::Model) -> String {
    if user.email_verified_at.is_some() { user.name.clone() } else { String::new() }
}

/// The account of this id.
pub(super) async fn load(connection: &impl ConnectionTrait, user: Uuid) -> Result<users::Model, AuthError> {
    users::Entity::find_by_id(user).one(connection).await?.ok_or(AuthError::NotFound)
}
