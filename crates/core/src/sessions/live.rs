//! A session together with what decides whether it still holds.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryResult,
    QuerySelect,
};
use uuid::Uuid;

use super::Sessions;
use crate::AuthError;
use crate::entity::auth::{apps, sessions, users};

/// A session, its person and its app, in one query.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) session: sessions::Model,
    pub(super) user_status: users::UserStatus,
    pub(super) epoch: i64,
    pub(super) app: apps::Model,
}

impl Live {
    /// Whether the session is good at `now`.
    pub(super) fn holds(&self, now: DateTime<Utc>) -> bool {
        is_open(&self.session, now) && self.may_go_on()
    }

    /// Whether the person and the app may still meet.
    pub(super) fn may_go_on(&self) -> bool {
        self.user_status == users::UserStatus::Active && self.app.is_active
    }
}

/// Whether a session was neither ended nor ran out.
pub(super) fn is_open(session: &sessions::Model, now: DateTime<Utc>) -> bool {
    session.revoked_at.is_none() && session.idle_expires_at > now && session.absolute_expires_at > now
}

impl FromQueryResult for Live {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            session: sessions::Model::from_query_result(row, prefix)?,
            user_status: row.try_get(prefix, "of_user_status")?,
            epoch: row.try_get(prefix, "of_user_epoch")?,
            app: apps::Model {
                id: row.try_get(prefix, "app_id")?,
                code: row.try_get(prefix, "of_app_code")?,
                name: row.try_get(prefix, "of_app_name")?,
                audience: row.try_get(prefix, "of_app_audience")?,
                redirect_uris: row.try_get(prefix, "of_app_redirect_uris")?,
                secret_hash: None,
                cookie_policy: row.try_get(prefix, "of_app_cookie_policy")?,
                is_active: row.try_get(prefix, "of_app_is_active")?,
                created_at: row.try_get(prefix, "of_app_created_at")?,
                updated_at: row.try_get(prefix, "of_app_updated_at")?,
            },
        })
    }
}

/// The sessions that `which` chooses.
pub(super) async fn all(connection: &impl ConnectionTrait, which: Condition) -> Result<Vec<Live>, DbErr> {
    let user = sessions::Entity::belongs_to(users::Entity).from(sessions::Column::UserId).to(users::Column::Id);
    let app = sessions::Entity::belongs_to(apps::Entity).from(sessions::Column::AppId).to(apps::Column::Id);
    sessions::Entity::find()
        .join(JoinType::InnerJoin, user.into())
        .join(JoinType::InnerJoin, app.into())
        .column_as(users::Column::Status, "of_user_status")
        .column_as(users::Column::TokenEpoch, "of_user_epoch")
        .column_as(apps::Column::Code, "of_app_code")
        .column_as(apps::Column::Name, "of_app_name")
        .column_as(apps::Column::Audience, "of_app_audience")
        .column_as(apps::Column::RedirectUris, "of_app_redirect_uris")
        .column_as(apps::Column::CookiePolicy, "of_app_cookie_policy")
        .column_as(apps::Column::IsActive, "of_app_is_active")
        .column_as(apps::Column::CreatedAt, "of_app_created_at")
        .column_as(apps::Column::UpdatedAt, "of_app_updated_at")
        .filter(which)
        .into_model::<Live>()
        .all(connection)
        .await
}

impl Sessions {
    /// The session of this id, whether it still holds or not.
    pub(super) async fn live(&self, id: Uuid) -> Result<Option<Live>, AuthError> {
        let which = Condition::all().add(sessions::Column::Id.eq(id));
        Ok(all(self.ground.database.read(), which).await?.pop())
    }
}
