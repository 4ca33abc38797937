//! The keys of service accounts.

use atriz_web::{Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::api_keys::{KeyView, MadeKey, NewKeyBody};
use super::super::lists::All;
use super::super::permissions::{AppsRead, AppsWrite};
use crate::client::Sender;
use crate::extract::{RequireFresh, RequireSteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// Lists the keys of a service account.
#[utoipa::path(get, path = "/service-accounts/{id}/keys", tag = "administration",
    params(("id" = Uuid, Path, description = "The service account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.read")), ("x-fresh" = json!(true))), responses((status = 200, body = All<KeyView>)))]
async fn list(
    caller: RequireFresh<AppsRead>,
    State(state): State<IssuerState>,
    Path(id): Path<Uuid>,
) -> Result<Json<All<KeyView>>, Refusal> {
    Ok(Json(All::of(state.issuer.api_keys().service_keys(&caller, id).await?)))
}

/// Makes a key for a service account.
#[utoipa::path(post, path = "/service-accounts/{id}/keys", tag = "administration", request_body = NewKeyBody,
    params(("id" = Uuid, Path, description = "The service account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.write")), ("x-step-up" = json!(true))),
    responses((status = 201, body = MadeKey)))]
async fn create(
    caller: RequireSteppedUp<AppsWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
    Json(asked): Json<NewKeyBody>,
) -> Result<(StatusCode, Json<MadeKey>), Refusal> {
    let made = state.issuer.api_keys().create_service_key(&caller, id, asked.into(), &client).await?;
    Ok((StatusCode::CREATED, Json(MadeKey::of(made))))
}

/// Revokes a key of a service account.
#[utoipa::path(delete, path = "/service-accounts/{id}/keys/{key}", tag = "administration",
    params(("id" = Uuid, Path, description = "The service account"), ("key" = Uuid, Path, description = "The key")),
    security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("apps.write")), ("x-step-up" = json!(true))),
    responses((status = 204, description = "It is revoked")))]
async fn revoke(
    caller: RequireSteppedUp<AppsWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path((id, key)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, Refusal> {
    state.issuer.api_keys().revoke_service_key(&caller, id, key, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}
