//! What a request brings to say whom it speaks for.

use std::sync::Arc;

use atriz_core::Caller;
use atriz_web::Problem;
use axum::http::header::{self, HeaderMap};
use axum::http::request::Parts;

use crate::csrf;
use crate::problem::{invalid_token, problem_of, signed_out};
use crate::state::AuthState;

/// One of the two ways to say who asks.
#[derive(Debug)]
enum Credential {
    /// An access token or an API key.
    Bearer(String),
    /// The session of this app's own pages.
    Cookie(String),
}

/// Finds out who asks.
///
/// # Errors
///
/// 401 where nobody does or the credential is no good; 400 for two credentials; 403 for a request that a page of another
/// site made; 503 where it cannot be found out now, or where something is to be changed while it is not known what was
/// revoked lately.
pub(super) async fn caller(parts: &Parts, state: &AuthState) -> Result<Arc<Caller>, Problem> {
    let (verifier, audience) = (state.verifier(), state.app());
    let found = match of_request(&parts.headers, state)? {
        Credential::Bearer(token) => verifier.bearer_shared(&token, audience).await,
        Credential::Cookie(value) => {
            csrf::check(&parts.method, &parts.headers, true)?;
            verifier.cookie(&value, audience).await.map(Arc::new)
        }
    };
    let caller = found.map_err(problem_of)?;
    if !parts.method.is_safe() {
        verifier.writes_allowed().map_err(problem_of)?;
    }
    Ok(caller)
}

/// The one credential of a request. With two of them it would be a guess who asks.
fn of_request(headers: &HeaderMap, state: &AuthState) -> Result<Credential, Problem> {
    let bearer = bearer(headers)?;
    let cookie = state.cookie().read(headers).map_err(|_| invalid_token())?;
    match (bearer, cookie) {
        (Some(token), None) => Ok(Credential::Bearer(token)),
        (None, Some(value)) => Ok(Credential::Cookie(value)),
        (Some(_), Some(_)) => {
            let message = format!("is sent beside the cookie `{}`: send one of the two", state.cookie().name());
            Err(Problem::invalid_parameter("Authorization", message))
        }
        (None, None) => Err(signed_out()),
    }
}

/// The token behind `Bearer`; its name has no case (RFC 9110), its value has.
fn bearer(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    if given.next().is_some() {
        return Err(Problem::invalid_parameter("Authorization", "is given more than once"));
    }
    let text = value.to_str().map_err(|_| invalid_token())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(invalid_token)?;
    let token = token.trim_matches(' ');
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() {
        return Err(invalid_token());
    }
    Ok(Some(token.to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(values: &[&'static [u8]]) -> Result<Option<String>, u16> {
        let values = values.iter().map(|value| (header::AUTHORIZATION, HeaderValue::from_bytes(value).unwrap()));
        bearer(&values.collect()).map_err(|problem| problem.status().as_u16())
    }

    #[test]
    fn a_bearer_token_is_read_or_refused() {
        for (values, expected) in [
            (&[][..], Ok(None)),
            (&[&b"Bearer a.b.c"[..]], Ok(Some("a.b.c".to_owned()))),
            (&[b"bearer  key_x"], Ok(Some("key_x".to_owned()))),
            (&[b"Bearer"], Err(401)),
            (&[b"Bearer "], Err(401)),
            (&[b"Basic YTpi"], Err(401)),
            (&[b"Bearer \xff"], Err(401)),
            (&[b"Bearer a", b"Bearer a"], Err(400)),
        ] {
            assert_eq!(read(values), expected, "{values:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let found = bearer(&HeaderMap::from_iter([(header::AUTHORIZATION, value)]));
                let token = found.ok().flatten().unwrap_or_else(|| "none".to_owned());
                prop_assert!(!token.is_empty() && !token.starts_with(' '));
            }
        }
    }
}
