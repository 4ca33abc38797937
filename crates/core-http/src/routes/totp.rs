//! The second factor: an app that shows codes, and recovery codes for when it is lost.

use atriz_core::{Factor, RecoveryCodes};
use atriz_web::{Json, Path};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::answer::renewed;
use super::lists::All;
use super::values::Secret;
use crate::client::Sender;
use crate::extract::{Auth, SteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// A second factor of the account.
#[derive(Debug, Serialize, ToSchema)]
struct FactorView {
    id: Uuid,
    label: String,
    /// When its first code was given; null while it does not count yet.
    #[schema(required)]
    confirmed_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

impl From<Factor> for FactorView {
    fn from(factor: Factor) -> Self {
        let Factor { id, label, confirmed_at, created_at, .. } = factor;
        Self { id, label, confirmed_at, created_at }
    }
}

/// How it is called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Enrol {
    #[schema(example = "telephone", min_length = 1, max_length = 100)]
    label: String,
}

/// What goes into the app that shows codes. It is shown this once.
#[derive(Serialize, ToSchema)]
struct Enrolled {
    id: Uuid,
    /// In base32.
    secret: String,
    /// For a QR code.
    otpauth_url: String,
}

/// A code that the app shows.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Shown {
    #[schema(value_type = String, example = "123456")]
    code: Secret,
}

/// Both factors, to remove the second.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Removal {
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// A code of the app, or a recovery code.
    #[schema(value_type = String)]
    code: Secret,
}

/// Each is good once, in place of a code of the app. They are shown this once.
#[derive(Serialize, ToSchema)]
struct Codes {
    recovery_codes: Vec<String>,
}

impl From<RecoveryCodes> for Codes {
    fn from(codes: RecoveryCodes) -> Self {
        Self { recovery_codes: codes.0.iter().map(|code| code.expose_secret().to_owned()).collect() }
    }
}

/// Lists the second factors of the account.
#[utoipa::path(get, path = "/totp", tag = "second factor", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true))), responses((status = 200, body = All<FactorView>)))]
async fn list(caller: Auth, State(state): State<IssuerState>) -> Result<Json<All<FactorView>>, Refusal> {
    Ok(Json(All::of(state.issuer.second_factors().list(&caller).await?)))
}

/// Begins with a second factor. It counts once a code of it was given.
#[utoipa::path(post, path = "/totp", tag = "second factor", request_body = Enrol,
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-step-up" = json!(true))),
    responses((status = 201, body = Enrolled)))]
async fn enrol(
    caller: SteppedUp,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Json(asked): Json<Enrol>,
) -> Result<(StatusCode, Json<Enrolled>), Refusal> {
    let enrolment = state.issuer.second_factors().enrol(&caller, &asked.label, &client).await?;
    let secret = enrolment.secret.expose_secret().to_owned();
    let otpauth_url = enrolment.otpauth_url.expose_secret().to_owned();
    Ok((StatusCode::CREATED, Json(Enrolled { id: enrolment.id, secret, otpauth_url })))
}

/// Gives the first code: from now on sign-in asks for one, and all other sessions end, those of other apps
/// that hang on this one among them. A browser gets another cookie. Answers with the recovery codes.
#[utoipa::path(post, path = "/totp/{id}/confirm", tag = "second factor", request_body = Shown,
    params(("id" = Uuid, Path, description = "The second factor")),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-step-up" = json!(true))),
    responses((status = 200, body = Codes)))]
async fn confirm(
    caller: SteppedUp,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
    Json(shown): Json<Shown>,
) -> Result<Response, Refusal> {
    let (codes, cookie) = state.issuer.second_factors().confirm(&caller, id, &shown.code.0, &client).await?;
    Ok(renewed(Json(Codes::from(codes)).into_response(), &state.auth, cookie.as_ref()))
}

/// Removes a second factor.
#[utoipa::path(delete, path = "/totp/{id}", tag = "second factor", request_body = Removal,
    params(("id" = Uuid, Path, description = "The second factor")),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-signed-in" = json!(true)), ("x-step-up" = json!(true))),
    responses((status = 204, description = "It is removed")))]
async fn remove(
    caller: SteppedUp,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
    Json(removal): Json<Removal>,
) -> Result<StatusCode, Refusal> {
    let factors = state.issuer.second_factors();
    factors.remove(&caller, id, &removal.password.0, &removal.code.0, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes new recovery codes; those before are good no longer.
#[utoipa::path(post, path = "/recovery-codes", tag = "second factor", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true)), ("x-step-up" = json!(true))), responses((status = 200, body = Codes)))]
async fn regenerate(
    caller: SteppedUp,
    State(state): State<IssuerState>,
    Sender(client): Sender,
) -> Result<Json<Codes>, Refusal> {
    Ok(Json(state.issuer.second_factors().regenerate_recovery(&caller, &client).await?.into()))
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new()
        .routes(routes!(list, enrol))
        .routes(routes!(confirm))
        .routes(routes!(remove))
        .routes(routes!(regenerate))
}
