//! A key together with what decides whether it still holds.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use sea_orm::prelude::Json;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryResult,
    QuerySelect, RelationDef,
};

use super::types::permissions_of;
use crate::entity::auth::{api_keys, apps, service_accounts, users};

/// A key, its app and its owner, in one query.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) key: api_keys::Model,
    pub(super) app: String,
    app_is_active: bool,
    user_status: Option<users::UserStatus>,
    service_permissions: Option<Json>,
    service_disabled_at: Option<DateTime<Utc>>,
}

impl Found {
    /// Whether the key is good at `now`.
    pub(super) fn holds(&self, now: DateTime<Utc>) -> bool {
        let owner = match self.user_status {
            Some(status) => status == users::UserStatus::Active,
            None => self.service_permissions.is_some() && self.service_disabled_at.is_none(),
        };
        let lasts = self.key.expires_at.is_none_or(|end| end > now);
        owner && lasts && self.app_is_active && self.key.revoked_at.is_none()
    }

    /// What a service account may do; nothing for a person's key.
    pub(super) fn service_permissions(&self) -> BTreeSet<String> {
        self.service_permissions.as_ref().map(permissions_of).unwrap_or_default()
    }
}

impl FromQueryResult for Found {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            key: api_keys::Model::from_query_result(row, prefix)?,
            app: row.try_get(prefix, "of_app_code")?,
            app_is_active: row.try_get(prefix, "of_app_is_active")?,
            user_status: row.try_get(prefix, "of_user_status")?,
            service_permissions: row.try_get(prefix, "of_service_permissions")?,
            service_disabled_at: row.try_get(prefix, "of_service_disabled_at")?,
        })
    }
}

/// The keys that `which` chooses.
pub(super) async fn all(connection: &impl ConnectionTrait, which: Condition) -> Result<Vec<Found>, DbErr> {
    let app: RelationDef =
        api_keys::Entity::belongs_to(apps::Entity).from(api_keys::Column::AppId).to(apps::Column::Id).into();
    let user: RelationDef =
        api_keys::Entity::belongs_to(users::Entity).from(api_keys::Column::UserId).to(users::Column::Id).into();
    let service: RelationDef = api_keys::Entity::belongs_to(service_accounts::Entity)
        .from(api_keys::Column::ServiceAccountId)
        .to(service_accounts::Column::Id)
        .into();
    api_keys::Entity::find()
        .join(JoinType::InnerJoin, app)
        .join(JoinType::LeftJoin, user)
        .join(JoinType::LeftJoin, service)
        .column_as(apps::Column::Code, "of_app_code")
        .column_as(apps::Column::IsActive, "of_app_is_active")
        .column_as(users::Column::Status, "of_user_status")
        .column_as(service_accounts::Column::Permissions, "of_service_permissions")
        .column_as(service_accounts::Column::DisabledAt, "of_service_disabled_at")
        .filter(which)
        .into_model::<Found>()
        .all(connection)
        .await
}

/// The key of this id.
pub(super) async fn one(connection: &impl ConnectionTrait, id: uuid::Uuid) -> Result<Option<Found>, DbErr> {
    Ok(all(connection, Condition::all().add(api_keys::Column::Id.eq(id))).await?.pop())
}
