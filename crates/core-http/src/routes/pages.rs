//! The links of mails: a page that shows a button, and what the button sends.

use std::collections::BTreeMap;

use atriz_web::{PROBLEM_JSON, Problem, Query};
use axum::extract::State;
use axum::response::Response;
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa::openapi::{Content, Ref, RefOr, Response as Described};
use utoipa::{IntoParams, IntoResponses, PartialSchema, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::values::Secret;
use crate::client::Sender;
use crate::extract::{Form, Public};
use crate::pages::{self, Input, done, failed};
use crate::problem::problem_of;
use crate::state::IssuerState;

const PASSWORD: Input<'static> = Input::new("password", "New password", "password", "new-password");
const CHOSEN: Input<'static> =
    Input::new("password", "The password you chose for the account", "password", "current-password");
const PRESENT: Input<'static> = Input::new("password", "Your password", "password", "current-password");
const NAME: Input<'static> = Input::new("name", "Your name", "text", "name");
pub(super) const EMAIL: Input<'static> = Input::new("email", "E-mail address", "email", "username");

/// What the button of a page is answered with, as the OpenAPI document has it.
pub(super) struct Pages;

impl IntoResponses for Pages {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let page = || Content::builder().schema(Some(String::schema())).build();
        let problem = Content::builder().schema(Some(Ref::from_schema_name(Problem::name()))).build();
        let failed = "What did not work: a page, or a problem where the form itself was not understood";
        let done = Described::builder().description("A page").content("text/html", page()).build();
        let failed =
            Described::builder().description(failed).content("text/html", page()).content(PROBLEM_JSON, problem);
        BTreeMap::from([("200".to_owned(), done.into()), ("default".to_owned(), failed.build().into())])
    }
}

/// What a link holds.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Link {
    /// The secret of the link.
    #[param(value_type = String)]
    token: Secret,
}

/// A password: a new one, or that of the account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordForm {
    #[schema(value_type = String)]
    token: Secret,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

/// Whose password is forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EmailForm {
    #[schema(format = Email, max_length = 254)]
    email: String,
}

/// A name and a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationForm {
    #[schema(value_type = String)]
    token: Secret,
    name: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

fn shown(title: &'static str, action: &str, link: &Link, inputs: &[Input<'_>], button: &'static str) -> Response {
    let hidden = [("token", link.token.0.expose_secret())];
    pages::Form { title, action, hidden: &hidden, inputs, button, elsewhere: None }.show()
}

/// What is wrong with a link that is not good.
const LINK: &str = "The link is not valid: it was used, or it is too old. Ask for a new one.";

/// The same of links that take a password. Which of the two it is, is not told.
const PROOF: &str = "The password is not the one that was chosen for the account, or the link was used, replaced by a newer \
    one, or is too old. If you did not ask for an account, do nothing.";

const NOT_YOURS: &str = "The password is not that of the account which asked for this, or the link was used, or is too old. If \
    you did not ask for it, do nothing.";

/// What is wrong where nothing is but the time.
pub(super) const CROWDED: &str = "Too many people ask at once. Try again in a moment.";

/// The same of somebody who tried before.
pub(super) const TRIED: &str = "There were too many tries. Wait a little, and try again.";

fn told(outcome: Result<(), atriz_core::AuthError>, title: &str, text: &str) -> Response {
    told_or(outcome, title, text, LINK)
}

fn told_or(outcome: Result<(), atriz_core::AuthError>, title: &str, text: &str, not_good: &'static str) -> Response {
    match outcome.map_err(problem_of) {
        Ok(()) => done(title, text),
        Err(problem) => {
            let advice = advice(&problem, not_good);
            failed(problem, advice)
        }
    }
}

fn advice(problem: &Problem, not_good: &'static str) -> &'static str {
    match problem.status().as_u16() {
        400 => not_good,
        409 => "The address has an account of its own by now.",
        422 => "Go back and choose something else.",
        429 => TRIED,
        503 => CROWDED,
        _ => "Try again later.",
    }
}

/// The page behind the link that proves an address. Nothing happens until its button is pressed, which takes the password
/// that was chosen for the account.
#[utoipa::path(get, path = "/email/verify", tag = "pages", params(Link), extensions(("x-public" = json!(true))),
    responses((status = 200, description = "A page", content_type = "text/html")))]
async fn verify_page(_: Public, Query(link): Query<Link>) -> Response {
    shown("Confirm your e-mail address", "verify/form", &link, &[CHOSEN], "Confirm")
}

/// What the button of that page sends.
#[utoipa::path(post, path = "/email/verify/form", tag = "pages",
    request_body(content = PasswordForm, content_type = "application/x-www-form-urlencoded"),
    extensions(("x-public" = json!(true))), responses(Pages))]
async fn verify(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Form(sent): Form<PasswordForm>,
) -> Response {
    let outcome = state.issuer.accounts().verify_email(&sent.token.0, &sent.password.0, &client).await;
    told_or(outcome, "Your e-mail address is confirmed", "You can sign in now.", PROOF)
}

/// The page behind the link that changes an address. Nothing happens until its button is pressed, which takes the password
/// of the account.
#[utoipa::path(get, path = "/email/change", tag = "pages", params(Link), extensions(("x-public" = json!(true))),
    responses((status = 200, description = "A page", content_type = "text/html")))]
async fn change_page(_: Public, Query(link): Query<Link>) -> Response {
    shown("Confirm your new e-mail address", "change/form", &link, &[PRESENT], "Confirm")
}

/// What the button of that page sends.
#[utoipa::path(post, path = "/email/change/form", tag = "pages",
    request_body(content = PasswordForm, content_type = "application/x-www-form-urlencoded"),
    extensions(("x-public" = json!(true))), responses(Pages))]
async fn change(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Form(sent): Form<PasswordForm>,
) -> Response {
    let outcome = state.issuer.accounts().confirm_email_change(&sent.token.0, &sent.password.0, &client).await;
    told_or(outcome, "Your e-mail address is changed", "Sign in with the new one from now on.", NOT_YOURS)
}

/// A page that asks whose password is forgotten.
#[utoipa::path(get, path = "/password/forgot", tag = "pages", extensions(("x-public" = json!(true))),
    responses((status = 200, description = "A page", content_type = "text/html")))]
async fn forgot_page(_: Public) -> Response {
    let title = "Forgot your password?";
    pages::Form {
        title,
        action: "forgot/form",
        hidden: &[],
        inputs: &[EMAIL],
        button: "Send me a link",
        elsewhere: None,
    }
    .show()
}

/// What the button of that page sends.
#[utoipa::path(post, path = "/password/forgot/form", tag = "pages",
    request_body(content = EmailForm, content_type = "application/x-www-form-urlencoded"),
    extensions(("x-public" = json!(true))), responses(Pages))]
async fn forgot(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Form(sent): Form<EmailForm>,
) -> Response {
    let outcome = state.issuer.accounts().forgot_password(&sent.email, &client).await;
    told(outcome, "Look into your mail", "If the address has an account, a link is on its way.")
}

/// The page behind the link that resets a password. Nothing happens until its button is pressed.
#[utoipa::path(get, path = "/password/reset", tag = "pages", params(Link), extensions(("x-public" = json!(true))),
    responses((status = 200, description = "A page", content_type = "text/html")))]
async fn reset_page(_: Public, Query(link): Query<Link>) -> Response {
    shown("Choose a new password", "reset/form", &link, &[PASSWORD], "Set the password")
}

/// What the button of that page sends.
#[utoipa::path(post, path = "/password/reset/form", tag = "pages",
    request_body(content = PasswordForm, content_type = "application/x-www-form-urlencoded"),
    extensions(("x-public" = json!(true))), responses(Pages))]
async fn reset(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Form(sent): Form<PasswordForm>,
) -> Response {
    let outcome = state.issuer.accounts().reset_password(&sent.token.0, &sent.password.0, &client).await;
    told(outcome, "Your password is set", "All your sessions have ended. Sign in with the new password.")
}

/// The page behind an invitation. Nothing happens until its button is pressed.
#[utoipa::path(get, path = "/invitation", tag = "pages", params(Link), extensions(("x-public" = json!(true))),
    responses((status = 200, description = "A page", content_type = "text/html")))]
async fn invitation_page(_: Public, Query(link): Query<Link>) -> Response {
    shown("You are invited", "invitation/form", &link, &[NAME, PASSWORD], "Make my account")
}

/// What the button of that page sends.
#[utoipa::path(post, path = "/invitation/form", tag = "pages",
    request_body(content = InvitationForm, content_type = "application/x-www-form-urlencoded"),
    extensions(("x-public" = json!(true))), responses(Pages))]
async fn accept(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    Form(sent): Form<InvitationForm>,
) -> Response {
    let outcome = state.issuer.accounts().accept_invitation(&sent.token.0, &sent.name, &sent.password.0, &client).await;
    told(outcome, "Your account is ready", "You can sign in now.")
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new()
        .routes(routes!(verify_page))
        .routes(routes!(verify))
        .routes(routes!(change_page))
        .routes(routes!(change))
        .routes(routes!(forgot_page))
        .routes(routes!(forgot))
        .routes(routes!(reset_page))
        .routes(routes!(reset))
        .routes(routes!(invitation_page))
        .routes(routes!(accept))
}
