//! What somebody may do.

use atriz_db::Database;
use atriz_kernel::{SharedClock, UserId};
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QueryOrder};

use crate::entity::auth::{role_permissions, roles, user_roles};

/// A role and what it permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its code, such as `mextrack.dispatcher`.
    pub code: String,
    /// What it permits, sorted.
    pub permissions: Vec<String>,
}

/// Looks roles up.
#[derive(Clone, Debug)]
pub struct Roles {
    database: Database,
    clock: SharedClock,
}

impl Roles {
    /// Over core's database.
    pub fn new(database: Database, clock: SharedClock) -> Self {
        Self { database, clock }
    }

    /// The roles that `user` holds now, by code.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn of_user(&self, user: UserId) -> Result<Vec<Role>, DbErr> {
        let now = self.clock.now();
        let lasting =
            Condition::any().add(user_roles::Column::ExpiresAt.is_null()).add(user_roles::Column::ExpiresAt.gt(now));
        let held = user_roles::Entity::find()
            .filter(user_roles::Column::UserId.eq(user.0))
            .filter(lasting)
            .all(self.database.read())
            .await?;
        let ids: Vec<_> = held.into_iter().map(|role| role.role_id).collect();
        let roles = roles::Entity::find()
            .filter(roles::Column::Id.is_in(ids.clone()))
            .order_by_asc(roles::Column::Code)
            .all(self.database.read())
            .await?;
        let permissions = role_permissions::Entity::find()
            .filter(role_permissions::Column::RoleId.is_in(ids))
            .order_by_asc(role_permissions::Column::Permission)
            .all(self.database.read())
            .await?;
        let of_role = |role: &roles::Model| {
            permissions.iter().filter(|one| one.role_id == role.id).map(|one| one.permission.clone()).collect()
        };
        Ok(roles.into_iter().map(|role| Role { permissions: of_role(&role), code: role.code }).collect())
    }
}
