//! Apps: their secrets, and where a sign-in may return to.

use atriz_core::{AppInfo, SameSite};
use atriz_web::{Json, Path};
use axum::extract::State;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::lists::All;
use super::super::permissions::{AppsRead, AppsWrite};
use super::roles::checked;
use crate::client::Sender;
use crate::extract::{RequireFresh, RequireSteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// An app that people sign in to.
#[derive(Debug, Serialize, ToSchema)]
struct AppView {
    #[schema(example = "mextrack")]
    code: String,
    name: String,
    /// The `aud` of its tokens.
    audience: String,
    /// The addresses that a sign-in may return to.
    redirect_uris: Vec<String>,
    /// How its cookie is set: `strict` or `lax`.
    #[schema(example = "lax")]
    same_site: &'static str,
    /// Whether people may sign in to it.
    is_active: bool,
}

impl From<AppInfo> for AppView {
    fn from(app: AppInfo) -> Self {
        let AppInfo { code, name, audience, same_site, redirect_uris, is_active } = app;
        let same_site = match same_site {
            SameSite::Strict => "strict",
            SameSite::Lax => "lax",
        };
        Self { code, name, audience, redirect_uris, same_site, is_active }
    }
}

/// Where a sign-in to an app may return to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Redirects {
    /// Whole addresses, with https, or http to the machine itself; they are compared letter by letter.
    #[schema(max_items = 16, example = json!(["https://app.example.com/auth/callback"]))]
    redirect_uris: Vec<String>,
}

/// Lists all apps.
#[utoipa::path(get, path = "/apps", tag = "administration", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.read")), ("x-fresh" = json!(true))), responses((status = 200, body = All<AppView>)))]
async fn list(_: RequireFresh<AppsRead>, State(state): State<IssuerState>) -> Result<Json<All<AppView>>, Refusal> {
    Ok(Json(All::of(state.issuer.sessions().apps().await?)))
}

/// Registers the addresses that a sign-in to an app may return to, in place of those it had.
#[utoipa::path(put, path = "/apps/{code}/redirect-uris", tag = "administration", request_body = Redirects,
    params(("code" = String, Path, description = "The app")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.write")), ("x-step-up" = json!(true))),
    responses((status = 200, body = AppView)))]
async fn register_redirects(
    caller: RequireSteppedUp<AppsWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(code): Path<String>,
    Json(asked): Json<Redirects>,
) -> Result<Json<AppView>, Refusal> {
    let sessions = state.issuer.sessions();
    Ok(Json(sessions.register_redirects(&caller, &checked(code)?, &asked.redirect_uris, &client).await?.into()))
}

/// The secret of an app. It is shown this once.
#[derive(Serialize, ToSchema)]
struct AppSecret {
    secret: String,
}

/// Makes a new secret for an app, with which it asks about tokens and redeems codes. The one before is good no longer.
#[utoipa::path(post, path = "/apps/{code}/secret", tag = "administration",
    params(("code" = String, Path, description = "The app")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.write")), ("x-step-up" = json!(true))),
    responses((status = 200, body = AppSecret)))]
async fn rotate(
    caller: RequireSteppedUp<AppsWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(code): Path<String>,
) -> Result<Json<AppSecret>, Refusal> {
    let secret = state.issuer.introspection().rotate_app_secret(&caller, &checked(code)?, &client).await?;
    Ok(Json(AppSecret { secret: secret.expose_secret().to_owned() }))
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(register_redirects)).routes(routes!(rotate))
}
