//! The page on which a browser signs in to the app that asks, and from which it goes on to where it came from.

use atriz_core::{AuthError, Held, Keep, SignIn, is_path};
use atriz_web::Query;
use axum::extract::State;
use axum::http::header::{HeaderMap, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use secrecy::ExposeSecret;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::answer::{cookie_header, end_the_one_before};
use super::pages::{CROWDED, EMAIL, Pages, TRIED};
use super::values::Secret;
use crate::client::Sender;
use crate::extract::{Form, Public};
use crate::pages::{self, Input};
use crate::problem::{Refusal, problem_of};
use crate::state::IssuerState;

const PASSWORD: Input<'static> = Input::new("password", "Password", "password", "current-password");
const CODE: Input<'static> =
    Input::new("code", "Code of your second factor, if you have one", "text", "one-time-code").optional();

/// How long a path may be that is gone on to: the request of an app for a code, with its address and its state. A form writes
/// up to three bytes for each of these, which is less than the bodies of these routes may have.
const LONGEST: usize = 4_096;

/// How long the address of the page may be: an app reads no more than 8 KiB.
const LONGEST_ADDRESS: usize = 8_000;

/// Where to go once one is signed in.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Leaving {
    /// A path of this site; when left out, one stays.
    return_to: Option<String>,
}

/// Who signs in, and where to go then.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignInForm {
    #[schema(format = Email)]
    email: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
    /// A code of the second factor, or one of the recovery codes; empty for accounts that have none.
    #[serde(default)]
    #[schema(value_type = Option<String>, nullable = false)]
    code: Option<Secret>,
    #[serde(default)]
    #[schema(nullable = false)]
    return_to: Option<String>,
}

const SIGNED_IN: &str = "You are signed in";

/// What the form sends along.
fn hidden(return_to: Option<&str>) -> Vec<(&'static str, &str)> {
    return_to.map(|path| ("return_to", path)).into_iter().collect()
}

/// The page, as it is seen at an address.
fn form<'a>(inputs: &'a [Input<'a>], hidden: &'a [(&'static str, &'a str)], seen: Seen) -> pages::Form<'a> {
    let (action, forgot) = match seen {
        Seen::Page => ("sign-in/form", "password/forgot"),
        Seen::Form => ("form", "../password/forgot"),
    };
    let elsewhere = Some((forgot, "Forgot your password?"));
    pages::Form { title: "Sign in", action, hidden, inputs, button: "Sign in", elsewhere }
}

/// Where a browser sees the page. Addresses in it are relative, for a proxy may serve this app below a path.
#[derive(Clone, Copy, Debug)]
enum Seen {
    /// `/auth/sign-in`.
    Page,
    /// `/auth/sign-in/form`, after something did not work.
    Form,
}

/// A sign-in must not be a way to send people elsewhere.
fn check(return_to: Option<&str>) -> Result<(), AuthError> {
    if return_to.is_none_or(|path| is_path(path, LONGEST)) {
        return Ok(());
    }
    Err(AuthError::unacceptable("return_to", "it takes a path of this site, such as /docs"))
}

/// A page to sign in to this app, which goes on to `return_to`.
#[utoipa::path(get, path = "/sign-in", tag = "pages", params(Leaving), extensions(("x-public" = json!(true))),
    responses((status = 200, description = "A page", content_type = "text/html")))]
async fn show(_: Public, Query(asked): Query<Leaving>) -> Result<Response, Refusal> {
    let return_to = asked.return_to.as_deref();
    check(return_to)?;
    Ok(form(&[EMAIL, PASSWORD, CODE], &hidden(return_to), Seen::Page).show())
}

/// What the button of that page sends. The cookie of this app is set; the session of the one before it ends, unless it is the same
/// person's and sessions of other apps hang on it.
#[utoipa::path(post, path = "/sign-in/form", tag = "pages",
    request_body(content = SignInForm, content_type = "application/x-www-form-urlencoded"),
    extensions(("x-public" = json!(true))), responses(Pages))]
async fn sign_in(
    _: Public,
    State(state): State<IssuerState>,
    Sender(client): Sender,
    headers: HeaderMap,
    Form(sent): Form<SignInForm>,
) -> Result<Response, Refusal> {
    let return_to = sent.return_to.as_deref();
    check(return_to)?;
    let code = sent.code.map(|code| code.0).filter(|code| !code.expose_secret().trim().is_empty());
    let (email, app) = (sent.email.clone(), state.auth.app().to_owned());
    let attempt = SignIn { email, password: sent.password.0, code, app, keep: Keep::Cookie };
    match state.issuer.sessions().sign_in(attempt, &client).await {
        Ok(signed_in) => match signed_in.held {
            Held::Cookie(cookie) => {
                end_the_one_before(&state, &headers, signed_in.user, &client).await;
                let header = [(SET_COOKIE, cookie_header(&state.auth, &cookie))];
                let page = match return_to {
                    Some(path) => pages::leading_on(SIGNED_IN, path),
                    None => pages::done(SIGNED_IN, "This browser has a session now."),
                };
                Ok((header, page).into_response())
            }
            Held::Tokens(_) => Err(AuthError::Inside("a cookie was asked for".to_owned()).into()),
        },
        Err(error) => {
            let advice = advice(&error);
            let inputs = [EMAIL.holding(&sent.email), PASSWORD, CODE];
            Ok(form(&inputs, &hidden(return_to), Seen::Form).show_again(problem_of(error), advice))
        }
    }
}

fn advice(error: &AuthError) -> &'static str {
    match error {
        AuthError::Credentials => "The address, the password or the code is wrong.",
        AuthError::SecondFactorRequired => "This account has a second factor. Give its code as well.",
        AuthError::AccountDisabled => "This account is disabled.",
        AuthError::CodesStopped => "There were too many wrong codes. Give a recovery code, and set a new password.",
        AuthError::Throttled { .. } => TRIED,
        AuthError::Overloaded { .. } => CROWDED,
        _ => "That did not work. Try again later.",
    }
}

pub(super) fn routes() -> OpenApiRouter<IssuerState> {
    OpenApiRouter::new().routes(routes!(show)).routes(routes!(sign_in))
}

/// Where a browser that asks for the page at `path` is led to sign in first: an address beside `/auth/authorize`. Nothing for
/// a path that is too long to be gone on to, or is none.
pub(super) fn before(path: &str) -> Option<String> {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("return_to", path).finish();
    (is_path(path, LONGEST) && query.len() <= LONGEST_ADDRESS).then(|| format!("sign-in?{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_to_the_page_and_nothing_else_is() {
        assert_eq!(
            before("/auth/authorize?a=b&c=d").as_deref(),
            Some("sign-in?return_to=%2Fauth%2Fauthorize%3Fa%3Db%26c%3Dd")
        );
        for path in
            ["", "//evil.example", "https://evil.example", &format!("/{}", "a".repeat(LONGEST)), &"/".repeat(LONGEST)]
        {
            assert_eq!(before(path), None);
        }
    }
}
