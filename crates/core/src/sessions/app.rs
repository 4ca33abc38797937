//! The apps that sessions are for.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{AppInfo, SameSite, Sessions};
use crate::AuthError;
use crate::entity::auth::apps;
use crate::recent::Recent;

/// The apps by their codes, as they were within the last second; a copy costs a counter.
pub(crate) type AppBook = Arc<Recent<HashMap<String, Arc<apps::Model>>>>;

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
        if !may_be_code(code) {
            return Ok(None);
        }
        Ok(apps::Entity::find().filter(apps::Column::Code.eq(code)).one(self.ground.database.read()).await?)
    }

    /// The app, if people may sign in to it.
    pub(crate) async fn active_app(&self, code: &str) -> Result<apps::Model, AuthError> {
        self.find_app(code).await?.filter(|app| app.is_active).ok_or_else(no_such_app)
    }

    /// As [`Sessions::active_app`], with what was so within the last second: for who proves who they are by other means than
    /// the app's own.
    pub(super) async fn recently_active_app(&self, code: &str) -> Result<Arc<apps::Model>, AuthError> {
        if !may_be_code(code) {
            return Err(no_such_app());
        }
        let database = self.ground.database.read();
        let read = || async {
            let apps = apps::Entity::find().all(database).await?;
            // Whoever signs in needs no secret, so none is kept.
            let public = |app| apps::Model { secret_hash: None, ..app };
            Ok(apps.into_iter().map(|app| (app.code.clone(), Arc::new(public(app)))).collect())
        };
        let apps = self.ground.apps.get(|apps| apps.contains_key(code), read).await?;
        apps.get(code).filter(|app| app.is_active).cloned().ok_or_else(no_such_app)
    }
}

/// Text that cannot be one, such as with a NUL, which PostgreSQL refuses, is not looked for.
pub(crate) fn may_be_code(text: &str) -> bool {
    (1..=64).contains(&text.len()) && !text.chars().any(char::is_control)
}

pub(crate) fn no_such_app() -> AuthError {
    AuthError::unacceptable("app", "there is no such app")
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

/// An app as others see it.
pub(super) fn info(app: &apps::Model) -> AppInfo {
    AppInfo {
        code: app.code.clone(),
        name: app.name.clone(),
        audience: app.audience.clone(),
        same_site: same_site(app.cookie_policy),
        redirect_uris: redirect_uris(app),
        is_active: app.is_active,
    }
}
