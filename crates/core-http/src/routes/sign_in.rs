//! Signing in, and out again.

use atriz_core::{Held, Keep, SignIn};
use atriz_web::{Json, Problem};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{Tokens, end_the_one_before, handed, signed_out};
use super::values::Secret;
use crate::client::Sender;
use crate::extract::{Auth, Public};
use crate::problem::Refusal;
use crate::state::{AuthState, IssuerState};

/// What is kept of a session on the other side.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kept {
    /// An access and a refresh token, for a program.
    #[default]
    Tokens,
    /// A cookie of the app that is asked, for its own pages.
    Cookie,
}

impl Kept {
    /// How a session of `app` is kept. A cookie reaches the app that sets it and no other.
    pub(super) fn of(self, app: &str, state: &AuthState) -> Result<Keep, Problem> {
        match self {
            Self::Tokens => Ok(Keep::Tokens),
            Self::Cookie if app == state.app() => Ok(Keep::Cookie),
            Self::Cookie => {
                let message = format!("`cookie` is for this app alone, which is `{}`", state.app());
                Err(Problem::unprocessable([atriz_web::FieldError::new("session", message)]))
            }
        }
    }
}

/// Who signs in, where, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInBody {
    #[schema(format = Email)]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// A code of the second factor, or one of the recovery codes; only for accounts that have one.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false)]
    code: Option<Secret>,
    /// The code of the app that the session is for; this one, when left out.
    #[serde(default)]
    #[schema(example = "mextrack", nullable = false)]
    app: Option<String>,
    /// What to answer with.
    #[serde(default)]
    #[schema(required = false)]
    session: Kept,
}

/// Signs in with address and password. A wrong one of either, and an account that is not there, are the same 401. With a cookie, the
/// session of the one before it ends, unless it is the same person's and sessions of other apps hang on it.
#[utoipa::path(post, path = "/sign-in", tag = "sign-in", request_body = SignInBody,
    extensions(("x-public" = json!(true))), responses(
        (status = 200, body = Tokens),
        (status = 204, description = "Signed in; the cookie is set"),
    ))]
async fn sign_in(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    headers: HeaderMap,
    Json(asked): Json<SignInBody>,
) -> Result<Response, Refusal> {
    let app = asked.app.unwrap_or_else(|| state.auth.app().to_owned());
    let keep = asked.session.of(&app, &state.auth)?;
    let code = asked.code.map(|code| code.0);
    let asked = SignIn { email: asked.email, password: asked.password.0, code, app, keep };
    let signed_in = state.issuer.sessions().sign_in(asked, &client).await?;
    if matches!(signed_in.held, Held::Cookie(_)) {
        end_the_one_before(&state, &headers, signed_in.user, &client).await;
    }
    Ok(handed(&state.auth, signed_in))
}

/// Ends the session that the request comes with, and the sessions of other apps that were made from it.
#[utoipa::path(post, path = "/sign-out", tag = "sign-in", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true))), responses((status = 204, description = "Signed out")))]
async fn here(
    caller: Auth,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    state.issuer.sessions().sign_out(&caller, &client).await?;
    Ok(signed_out(&state.auth, &headers))
}

/// Ends all sessions of the account but this one.
#[utoipa::path(post, path = "/sign-out/others", tag = "sign-in", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true))), responses((status = 204, description = "Signed out elsewhere")))]
async fn others(
    caller: Auth,
    State(state): State<IssuerState>,
    Sender(client): Sender,
) -> Result<axum::http::StatusCode, Refusal> {
    state.issuer.sessions().sign_out_others(&caller, &client).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

/// Ends all sessions of the account, in every app, and voids the links of mails that are on their way.
#[utoipa::path(post, path = "/sign-out/everywhere", tag = "sign-in", security(("bearer" = []), ("cookie" = [])),
    extensions(("x-signed-in" = json!(true))), responses((status = 204, description = "Signed out everywhere")))]
async fn everywhere(
    caller: Auth,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    state.issuer.sessions().sign_out_everywhere(&caller, &client).await?;
    Ok(signed_out(&state.auth, &headers))
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in))
        .routes(routes!(here))
        .routes(routes!(others))
        .routes(routes!(everywhere))
}
