//! The apps that sessions are for.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{AppInfo, SameSite, Sessions};
use crate::AuthError;
use crate::entity::auth::apps;

impl Sessions {
    /// The app of this code.
    ///
    /// # Errors
    ///
    /// What the engine says.
    pub async fn app(&self, code: &str) -> Result<Option<AppInfo>, AuthError> {
        Ok(self.find_app(code).await?.map(|app| info(&app)))
    }

    pub(crate) async fn find_app(&self, code: &str) -> Result<Option<apps::Model>, AuthError> {
        // A code that cannot be one, such as text with a NUL, which PostgreSQL refuses, is not looked for.
        if code.is_empty() || code.len() > 64 || code.chars().any(char::is_control) {
            return Ok(None);
        }
        Ok(apps::Entity::find().filter(apps::Column::Code.eq(code)).one(self.ground.database.read()).await?)
    }

    /// The app, if people may sign in to it.
    pub(crate) async fn active_app(&self, code: &str) -> Result<apps::Model, AuthError> {
        let app = self.find_app(code).await?.filter(|app| app.is_active);
        app.ok_or_else(|| AuthError::unacceptable("app", "there is no such app"))
    }
}

pub(super) fn same_site(policy: apps::CookiePolicy) -> SameSite {
    match policy {
        apps::CookiePolicy::Strict => SameSite::Strict,
        apps::CookiePolicy::Lax => SameSite::Lax,
    }
}

/// The addresses that a sign-in to this app may return to.
pub(super) fn redirect_uris(app: &apps::Model) -> Vec<String> {
    let list = app.redirect_uris.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(|uri| uri.as_str().map(str::to_owned)).collect()
}

fn info(app: &apps::Model) -> AppInfo {
    AppInfo {
        code: app.code.clone(),
        name: app.name.clone(),
        audience: app.audience.clone(),
        same_site: same_site(app.cookie_policy),
        redirect_uris: redirect_uris(app),
        is_active: app.is_active,
    }
}
