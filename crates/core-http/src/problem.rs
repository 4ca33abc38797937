//! What a caller is told when signing in, or being let in, fails. This is the one place where that is decided.

use std::time::Duration;

use atriz_core::AuthError;
use atriz_web::{FieldError, Problem};
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, WWW_AUTHENTICATE};
use axum::response::{IntoResponse, Response};

/// When a caller may well try again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Why a handler of this crate did not do what it was asked for: [`AuthError`] and [`Problem`] both become one with `?`.
#[derive(Debug)]
pub struct Refusal(Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<AuthError> for Refusal {
    fn from(error: AuthError) -> Self {
        Self(problem_of(error))
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        refusal.0
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// The problem that an error of core's becomes. The inside goes to the log and not to the caller.
pub fn problem_of(error: AuthError) -> Problem {
    match error {
        AuthError::Credentials => challenge("invalid-credentials", "The address or the password is wrong", BEARER),
        AuthError::SecondFactorRequired => {
            challenge("second-factor-required", "A code of the second factor is needed", BEARER)
                .with_detail("Send the same again with `code`: six digits of the app, or one of the recovery codes.")
        }
        AuthError::AccountDisabled => forbidden("account-disabled", "The account is disabled"),
        AuthError::CodesStopped => forbidden("codes-stopped", "Codes of the second factor are refused")
            .with_detail("There were too many wrong ones. Sign in with a recovery code, and set a new password."),
        AuthError::InvalidGrant => {
            let title = "The grant is invalid, expired or revoked";
            Problem::new(StatusCode::BAD_REQUEST, "invalid-grant", title).with("error", "invalid_grant")
        }
        AuthError::InvalidToken => invalid_token(),
        AuthError::InvalidSecret => {
            Problem::new(StatusCode::BAD_REQUEST, "invalid-secret", "The link or code is invalid, expired or used")
        }
        AuthError::StepUpRequired => step_up(),
        AuthError::Forbidden(missing) => insufficient(&missing),
        AuthError::NotFound => Problem::not_found(),
        AuthError::Conflict(detail) => Problem::conflict(detail),
        AuthError::Unacceptable { field, message } => Problem::unprocessable([FieldError::new(field, message)]),
        AuthError::Throttled { retry_after } => Problem::too_many_requests(retry_after),
        AuthError::Unsupported(_) => {
            Problem::new(StatusCode::NOT_IMPLEMENTED, "unsupported", "This is not set up on this server")
        }
        AuthError::Overloaded { retry_after } => Problem::unavailable(&error, retry_after),
        AuthError::Stale | AuthError::Unreachable => Problem::unavailable(&error, RETRY_AFTER),
        AuthError::Database(_) if error.is_passing() => Problem::unavailable(&error, RETRY_AFTER),
        AuthError::Database(_) | AuthError::Keyring(_) | AuthError::Inside(_) => Problem::internal(&error),
    }
}

const BEARER: &str = "Bearer";

/// RFC 9470, with the age that the crate's own extractors insist on.
const STEP_UP: &str = r#"Bearer error="insufficient_user_authentication", max_age=600"#;

fn challenge(code: &'static str, title: &'static str, challenge: &'static str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, title)
        .with_header(WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

fn forbidden(code: &'static str, title: &'static str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, code, title)
}

/// Nothing was sent that says who asks.
pub(crate) fn signed_out() -> Problem {
    Problem::unauthorized(BEARER)
}

/// What was sent is no good; which way it is not is nobody's business.
pub(crate) fn invalid_token() -> Problem {
    challenge("invalid-token", "The token is invalid, expired or revoked", r#"Bearer error="invalid_token""#)
}

pub(crate) fn step_up() -> Problem {
    challenge("step-up-required", "Prove again who you are", STEP_UP)
        .with_detail("POST the password to /auth/step-up, and repeat the request with what comes back.")
        .with("max_age", 600)
}

/// 403 that names what is missing: a permission, or a sentence about it.
pub(crate) fn insufficient(missing: &str) -> Problem {
    let is_scope = !missing.is_empty() && missing.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !is_scope {
        return Problem::forbidden(missing.to_owned());
    }
    let challenge = format!(r#"Bearer error="insufficient_scope", scope="{missing}""#);
    let challenge = HeaderValue::try_from(challenge).expect("a scope has letters, digits and `._-` only");
    Problem::forbidden(format!("This takes the permission `{missing}`.")).with_header(WWW_AUTHENTICATE, challenge)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge_of(problem: Problem) -> (u16, String) {
        let answer = problem.into_response();
        let challenge =
            answer.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        (answer.status().as_u16(), challenge.to_owned())
    }

    #[test]
    fn every_error_has_its_status_and_its_challenge() {
        let wait = Duration::from_secs(3);
        for (error, status, challenge) in [
            (AuthError::Credentials, 401, "Bearer"),
            (AuthError::SecondFactorRequired, 401, "Bearer"),
            (AuthError::AccountDisabled, 403, ""),
            (AuthError::CodesStopped, 403, ""),
            (AuthError::InvalidGrant, 400, ""),
            (AuthError::InvalidToken, 401, r#"Bearer error="invalid_token""#),
            (AuthError::InvalidSecret, 400, ""),
            (AuthError::StepUpRequired, 401, STEP_UP),
            (
                AuthError::Forbidden("roles.grant".into()),
                403,
                r#"Bearer error="insufficient_scope", scope="roles.grant""#,
            ),
            (AuthError::Forbidden("this takes \"a person\"".into()), 403, ""),
            (AuthError::NotFound, 404, ""),
            (AuthError::Conflict("taken".into()), 409, ""),
            (AuthError::unacceptable("password", "is too short"), 422, ""),
            (AuthError::Throttled { retry_after: wait }, 429, ""),
            (AuthError::Overloaded { retry_after: wait }, 503, ""),
            (AuthError::Stale, 503, ""),
            (AuthError::Unreachable, 503, ""),
            (AuthError::Unsupported("SMS"), 501, ""),
            (AuthError::Inside("secret".into()), 500, ""),
        ] {
            let told = error.to_string();
            assert_eq!(challenge_of(problem_of(error)), (status, challenge.to_owned()), "{told}");
        }
    }
}
