//! Who holds which roles, with those that they include.

use std::collections::BTreeMap;

use atriz_db::Engine;
use atriz_kernel::UserId;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use super::{EffectiveRoles, Role, Roles};
use crate::AuthError;

/// One role and one thing it permits; a role that permits nothing has one row as well.
#[derive(FromQueryResult)]
struct Row {
    code: String,
    permission: Option<String>,
}

impl Roles {
    /// The roles that `user` holds now, and those that they include, by code.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn of_user(&self, user: UserId) -> Result<Vec<Role>, AuthError> {
        let mut roles: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in self.held(self.ground.database.read(), user.0, None, self.ground.clock.now()).await? {
            roles.entry(row.code).or_default().extend(row.permission);
        }
        let role = |(code, mut permissions): (String, Vec<String>)| {
            permissions.sort();
            Role { code, permissions }
        };
        Ok(roles.into_iter().map(role).collect())
    }

    /// What `user` is and may do in an app: by the roles of that app, and by those across all apps.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn effective(&self, user: UserId, app: &str) -> Result<EffectiveRoles, AuthError> {
        self.effective_within(self.ground.database.read(), user, app).await
    }

    /// The same, on a connection that may be a transaction's.
    pub(crate) async fn effective_within(
        &self,
        connection: &impl ConnectionTrait,
        user: UserId,
        app: &str,
    ) -> Result<EffectiveRoles, AuthError> {
        self.effective_at(connection, user, app, self.ground.clock.now()).await
    }

    /// The same, of those that are held still at a moment to come.
    pub(super) async fn effective_at(
        &self,
        connection: &impl ConnectionTrait,
        user: UserId,
        app: &str,
        at: DateTime<Utc>,
    ) -> Result<EffectiveRoles, AuthError> {
        let mut effective = EffectiveRoles::default();
        for row in self.held(connection, user.0, Some(app), at).await? {
            if effective.roles.last() != Some(&row.code) {
                effective.roles.push(row.code);
            }
            effective.permissions.extend(row.permission);
        }
        // The engines sort text by rules of their own.
        effective.roles.sort();
        Ok(effective)
    }

    /// One query, whatever the depth of the hierarchy. UNION drops what was found before, so that a circle ends.
    async fn held(
        &self,
        connection: &impl ConnectionTrait,
        user: Uuid,
        app: Option<&str>,
        at: DateTime<Utc>,
    ) -> Result<Vec<Row>, DbErr> {
        const HELD: &str = "WITH RECURSIVE held(role_id) AS (\
            SELECT role_id FROM user_roles WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $2) \
            UNION SELECT i.included_id FROM role_includes i JOIN held ON i.role_id = held.role_id) \
            SELECT r.code, p.permission FROM held JOIN roles r ON r.id = held.role_id \
            LEFT JOIN apps a ON a.id = r.app_id LEFT JOIN role_permissions p ON p.role_id = r.id";
        let engine = self.ground.database.engine();
        let mut values = vec![user.into(), at.into()];
        let mut sql = HELD.to_owned();
        if let Some(app) = app {
            sql.push_str(" WHERE r.app_id IS NULL OR a.code = $3");
            values.push(app.into());
        }
        sql.push_str(" ORDER BY r.code, p.permission");
        // SQLite takes `$1` for a name.
        let sql = if engine == Engine::Sqlite { sql.replace('$', "?") } else { sql };
        let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        Row::find_by_statement(statement).all(connection).await
    }
}
