//! Requests that a page of another site makes in a visitor's name are refused.
//!
//! Browsers say where a request comes from: `Sec-Fetch-Site` in all that are current, `Origin` in the others. A program
//! without a cookie says neither and speaks for nobody but itself.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use atriz_web::Problem;

use crate::state::AuthState;

/// Refuses a request that changes something unless it comes from a page of this very app, or from a program.
pub(crate) fn check(method: &Method, headers: &HeaderMap, with_cookie: bool) -> Result<(), Problem> {
    if method.is_safe() {
        return Ok(());
    }
    let sites: Vec<_> = headers.get_all("sec-fetch-site").iter().collect();
    let own = match sites[..] {
        [site] => site == "same-origin" || site == "none",
        [] => match origin(headers) {
            Origin::None => !with_cookie,
            Origin::Own => true,
            Origin::Other => false,
        },
        _ => false,
    };
    if own { Ok(()) } else { Err(refused()) }
}

enum Origin {
    None,
    Own,
    Other,
}

/// Whether `Origin` names the host that was asked. The scheme is left out: a proxy may have taken TLS off.
fn origin(headers: &HeaderMap) -> Origin {
    let mut given = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = given.next() else { return Origin::None };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    match (named, host, given.next()) {
        (Some(named), Some(host), None) if named.eq_ignore_ascii_case(host) => Origin::Own,
        _ => Origin::Other,
    }
}

fn refused() -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "cross-site", "Another site may not ask for this")
        .with_detail("Send it from a page of this app, or from a program without a cookie.")
}

/// The layer around all routes of sign-in, for those of them that no extractor stands before.
pub(crate) async fn layer(State(state): State<AuthState>, request: Request, next: Next) -> Response {
    let with_cookie = !matches!(state.cookie().read(request.headers()), Ok(None));
    match check(request.method(), request.headers(), with_cookie) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn allowed(method: &Method, headers: &[(&'static str, &'static str)], with_cookie: bool) -> bool {
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            sent.append(*name, HeaderValue::from_static(value));
        }
        check(method, &sent, with_cookie).is_ok()
    }

    #[test]
    fn a_change_comes_from_our_own_pages_or_from_a_program() {
        const HOST: (&str, &str) = ("host", "shop.example:3002");
        for (headers, cookie, expected) in [
            (&[HOST][..], false, true),
            (&[HOST], true, false),
            (&[HOST, ("sec-fetch-site", "same-origin")], true, true),
            (&[HOST, ("sec-fetch-site", "none")], true, true),
            (&[HOST, ("sec-fetch-site", "same-site")], true, false),
            (&[HOST, ("sec-fetch-site", "same-site")], false, false),
            (&[HOST, ("sec-fetch-site", "cross-site")], false, false),
            (&[HOST, ("sec-fetch-site", "Same-Origin")], false, false),
            (&[HOST, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], true, false),
            // The newer header has the last word.
            (&[HOST, ("sec-fetch-site", "cross-site"), ("origin", "https://shop.example:3002")], true, false),
            (&[HOST, ("origin", "https://shop.example:3002")], true, true),
            (&[HOST, ("origin", "http://SHOP.example:3002")], true, true),
            (&[HOST, ("origin", "https://shop.example")], true, false),
            (&[HOST, ("origin", "https://evil.example")], false, false),
            (&[HOST, ("origin", "https://shop.example:3002.evil.example")], true, false),
            (&[HOST, ("origin", "null")], true, false),
            (&[HOST, ("origin", "")], true, false),
            (&[("origin", "https://shop.example:3002")], true, false),
            (&[HOST, ("origin", "https://shop.example:3002"), ("origin", "https://evil.example")], true, false),
        ] {
            for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                assert_eq!(allowed(&method, headers, cookie), expected, "{method} {headers:?} cookie={cookie}");
            }
            assert!(allowed(&Method::GET, headers, cookie) && allowed(&Method::HEAD, headers, cookie));
        }
    }
}
