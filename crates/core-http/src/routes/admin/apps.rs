//! The secrets of apps.

use atriz_web::{Json, Path};
use axum::extract::State;
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::permissions::AppsWrite;
use super::roles::checked;
use crate::client::Sender;
use crate::extract::RequireSteppedUp;
use crate::problem::Refusal;
use crate::state::IssuerState;

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
    OpenApiRouter::new().routes(routes!(rotate))
}
