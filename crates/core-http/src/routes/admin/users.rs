//! Other people's accounts.

use atriz_core::{Account, AccountFilter};
use atriz_kernel::UserId;
use atriz_web::{Json, ListQuery, Page, PageQuery, Path, Problem, version_etag};
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::ETAG;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

use super::super::me::AccountView;
use super::super::permissions::{SessionsRevoke, UsersDisable, UsersRead, UsersWrite};
use crate::client::Sender;
use crate::extract::{RequireFresh, RequireSteppedUp};
use crate::problem::Refusal;
use crate::state::IssuerState;

/// The longest text that is searched for.
const MAX_SEARCH: usize = 254;

/// Which accounts are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UsersQuery {
    /// Only accounts whose address or name has this in it.
    search: Option<String>,
}

/// An account and the roles that it holds.
#[derive(Debug, Serialize, ToSchema)]
struct UserView {
    #[serde(flatten)]
    account: AccountView,
    /// The codes of its roles in all apps.
    roles: Vec<String>,
}

/// Lists accounts by address.
#[utoipa::path(get, path = "/users", tag = "administration", params(UsersQuery, PageQuery),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-permission" = json!("users.read")), ("x-fresh" = json!(true))),
    responses((status = 200, body = Page<AccountView>)))]
async fn list(
    caller: RequireFresh<UsersRead>,
    State(state): State<IssuerState>,
    ListQuery { filters, page }: ListQuery<UsersQuery>,
) -> Result<Response, Refusal> {
    if filters.search.as_deref().is_some_and(|text| text.len() > MAX_SEARCH || text.contains(char::is_control)) {
        let message = format!("has at most {MAX_SEARCH} letters, and no control characters");
        return Err(Problem::invalid_parameter("search", message).into());
    }
    let after = page.key::<String>()?;
    if after.as_deref().is_some_and(|after| after.contains('\0')) {
        return Err(Problem::invalid_parameter("after", "is no cursor of this list").into());
    }
    let filter = AccountFilter { search: filters.search, after, limit: u64::from(page.limit()) + 1 };
    let rows = state.issuer.accounts().list(&caller, &filter).await?;
    let shown = Page::from_rows(rows, &page, |row: &Account| row.email_norm.clone());
    Ok(shown.map(AccountView::from).linked(&page))
}

/// Shows one account.
#[utoipa::path(get, path = "/users/{id}", tag = "administration", params(("id" = Uuid, Path, description = "The account")),
    security(("bearer" = []), ("cookie" = [])), extensions(("x-permission" = json!("users.read")), ("x-fresh" = json!(true))),
    responses((status = 200, body = UserView, headers(("ETag" = String, description = "The version")))))]
async fn show(
    caller: RequireFresh<UsersRead>,
    State(state): State<IssuerState>,
    Path(id): Path<Uuid>,
) -> Result<Response, Refusal> {
    let account = state.issuer.accounts().get(&caller, UserId(id)).await?;
    let roles = state.issuer.roles().of_user(UserId(id)).await?;
    let etag = version_etag(account.version);
    let shown = UserView { account: account.into(), roles: roles.into_iter().map(|role| role.code).collect() };
    Ok(([(ETAG, etag)], Json(shown)).into_response())
}

/// Shuts an account: its sessions end, its keys die, and nobody can sign in to it.
#[utoipa::path(post, path = "/users/{id}/disable", tag = "administration",
    params(("id" = Uuid, Path, description = "The account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("users.disable")), ("x-step-up" = json!(true))),
    responses((status = 204, description = "It is disabled")))]
async fn disable(
    caller: RequireSteppedUp<UsersDisable>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().disable(&caller, UserId(id), &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens an account again.
#[utoipa::path(post, path = "/users/{id}/enable", tag = "administration",
    params(("id" = Uuid, Path, description = "The account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("users.disable")), ("x-step-up" = json!(true))),
    responses((status = 204, description = "It is enabled")))]
async fn enable(
    caller: RequireSteppedUp<UsersDisable>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().enable(&caller, UserId(id), &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions of an account, and voids the links of mails that are on their way to it: one for a new password is sent
/// behind this, not before.
#[utoipa::path(post, path = "/users/{id}/sign-out", tag = "administration",
    params(("id" = Uuid, Path, description = "The account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("sessions.revoke")), ("x-fresh" = json!(true))),
    responses((status = 204, description = "They have ended")))]
async fn sign_out(
    caller: RequireFresh<SessionsRevoke>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    state.issuer.sessions().revoke_user(&caller, UserId(id), &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends an account's owner a link that sets a new password, which nobody else sees.
#[utoipa::path(post, path = "/users/{id}/password-reset", tag = "administration",
    params(("id" = Uuid, Path, description = "The account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("users.write")), ("x-step-up" = json!(true))),
    responses((status = 202, description = "A mail is on its way")))]
async fn reset(
    caller: RequireSteppedUp<UsersWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().start_reset(&caller, UserId(id), &client).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Takes the second factors of an account away whose owner has lost them. Its sessions end, its password is good no longer,
/// and its owner is sent a link that sets a new one.
#[utoipa::path(delete, path = "/users/{id}/second-factor", tag = "administration",
    params(("id" = Uuid, Path, description = "The account")), security(("bearer" = []), ("cookie" = [])),
    extensions(("x-permission" = json!("users.write")), ("x-step-up" = json!(true))),
    responses((status = 202, description = "They are gone, and a mail is on its way")))]
async fn begin_anew(
    caller: RequireSteppedUp<UsersWrite>,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Refusal> {
    state.issuer.accounts().begin_anew(&caller, UserId(id), &client).await?;
    Ok(StatusCode::ACCEPTED)
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(sign_out))
        .routes(routes!(reset))
        .routes(routes!(begin_anew))
}
