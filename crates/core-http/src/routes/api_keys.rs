//! One's own API keys.

use std::collections::BTreeSet;

use atriz_core::{ApiKeyInfo, NewKey};
use atriz_web::{Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::lists::All;
use crate::client::Sender;
use crate::extract::{Auth, SteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// An API key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct KeyView {
    id: Uuid,
    name: String,
    /// The app that it is good for.
    app: String,
    /// What it permits, as far as its owner may it.
    permissions: BTreeSet<String>,
    /// When it ends; null when it does not.
    #[schema(required)]
    expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    #[schema(required)]
    last_used_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<ApiKeyInfo> for KeyView {
    fn from(info: ApiKeyInfo) -> Self {
        Self {
            id: info.id,
            name: info.name,
            app: info.app,
            permissions: info.permissions,
            expires_at: info.expires_at,
            last_used_at: info.last_used_at,
            created_at: info.created_at,
        }
    }
}

/// A new key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKeyBody {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// The app that it is to be good for.
    #[schema(example = "mextrack")]
    app: String,
    /// What it is to permit; no more than its owner may.
    #[schema(example = json!(["vehicles.read"]))]
    permissions: Vec<String>,
    /// When it ends; without, it does not.
    #[serde(default)]
    #[schema(nullable = false)]
    expires_at: Option<DateTime<Utc>>,
}

impl From<NewKeyBody> for NewKey {
    fn from(body: NewKeyBody) -> Self {
        let NewKeyBody { name, app, permissions, expires_at } = body;
        Self { name, app, permissions, expires_at }
    }
}

/// A new key with its secret, which is shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeKey {
    #[serde(flatten)]
    key: KeyView,
    /// Goes into `Authorization: Bearer …`.
    secret: String,
}

impl MadeKey {
    pub(super) fn of((info, secret): (ApiKeyInfo, SecretString)) -> Self {
        Self { key: info.into(), secret: secret.expose_secret().to_owned() }
    }
}

/// Lists the account's API keys.
#[utoipa::path(get, path = "/api-keys", tag = "API keys", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true))), responses((status = 200, body = All<KeyView>)))]
async fn list(caller: Auth, State(state): State<IssuerState>) -> Result<Json<All<KeyView>>, Refusal> {
    Ok(Json(All::of(state.issuer.api_keys().list(&caller).await?)))
}

/// Makes an API key.
#[utoipa::path(post, path = "/api-keys", tag = "API keys", request_body = NewKeyBody,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-step-up" = json!(true))),
    responses((status = 201, body = MadeKey)))]
async fn create(
    caller: SteppedUp,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<NewKeyBody>,
) -> Result<(StatusCode, Json<MadeKey>), Refusal> {
    let made = state.issuer.api_keys().create(&caller, asked.into(), &client).await?;
    Ok((StatusCode::CREATED, Json(MadeKey::of(made))))
}

/// Revokes an API key.
#[utoipa::path(delete, path = "/api-keys/{id}", tag = "API keys", params(("id" = Uuid, Path, description = "The key")),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true))),
    responses((status = 204, description = "It is revoked")))]
async fn revoke(
    caller: Auth,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    state.issuer.api_keys().revoke(&caller, id, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}
