//! All roles there are.

use std::collections::BTreeMap;

use sea_orm::{EntityTrait as _, QueryOrder as _};
use uuid::Uuid;

use super::{RoleSummary, Roles};
use crate::AuthError;
use crate::entity::auth::{apps, role_includes, role_permissions, roles};

impl Roles {
    /// All roles, by code.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn list(&self) -> Result<Vec<RoleSummary>, AuthError> {
        let database = self.ground.database.read();
        let roles = roles::Entity::find().order_by_asc(roles::Column::Code).all(database).await?;
        let apps = apps::Entity::find().all(database).await?;
        let apps: BTreeMap<Uuid, String> = apps.into_iter().map(|app| (app.id, app.code)).collect();
        let codes: BTreeMap<Uuid, String> = roles.iter().map(|role| (role.id, role.code.clone())).collect();
        let mut includes: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        for row in role_includes::Entity::find().all(database).await? {
            includes.entry(row.role_id).or_default().extend(codes.get(&row.included_id).cloned());
        }
        let mut permissions: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        for row in role_permissions::Entity::find().all(database).await? {
            permissions.entry(row.role_id).or_default().push(row.permission);
        }
        let sorted = |of: &mut BTreeMap<Uuid, Vec<String>>, id: Uuid| {
            let mut list = of.remove(&id).unwrap_or_default();
            list.sort();
            list
        };
        let summary = |role: roles::Model| RoleSummary {
            includes: sorted(&mut includes, role.id),
            permissions: sorted(&mut permissions, role.id),
            app: role.app_id.and_then(|app| apps.get(&app).cloned()),
            code: role.code,
            name: role.name,
            description: role.description,
        };
        Ok(roles.into_iter().map(summary).collect())
    }
}
