//! Form bodies, which OAuth's endpoints and the pages of links take.

use std::collections::HashSet;

use atriz_web::{Problem, is_encoded};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

const FORM: &str = "application/x-www-form-urlencoded";

/// A body of the type `application/x-www-form-urlencoded`, all of whose values are text. A field that comes twice is
/// refused, as RFC 6749 asks.
#[derive(Clone, Debug)]
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(FORM) {
            return Err(Problem::unsupported_media_type(FORM));
        }
        if is_encoded(request.headers()) {
            return Err(Problem::unsupported_encoding());
        }
        let body = Bytes::from_request(request, state).await.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::payload_too_large(),
            _ => Problem::bad_request("The body ended early."),
        })?;
        read(&body).map(Self)
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let (mut seen, mut fields) = (HashSet::new(), Map::new());
    for (name, value) in form_urlencoded::parse(body) {
        let refused = |message: &str| Problem::bad_request("The form is not valid.").with_field(name.as_ref(), message);
        if !seen.insert(name.clone().into_owned()) {
            return Err(refused("is given more than once"));
        }
        // The parser puts this in place of what is no UTF-8.
        if value.contains('\u{fffd}') || value.contains('\0') {
            return Err(refused("is not valid text"));
        }
        fields.insert(name.into_owned(), Value::String(value.into_owned()));
    }
    serde_json::from_value(Value::Object(fields))
        .map_err(|error| Problem::bad_request("The form is not valid.").with_field("(body)", error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Fields {
        token: String,
        hint: Option<String>,
    }

    #[test]
    fn fields_are_read_once_each() {
        let fields: Fields = read(b"token=a%20b+c&hint=x").unwrap();
        assert_eq!((fields.token.as_str(), fields.hint.as_deref()), ("a b c", Some("x")));
        for body in [&b"hint=x"[..], b"token=a&token=a", b"token=%ff", b"token=%00", b""] {
            assert_eq!(read::<Fields>(body).unwrap_err().status(), StatusCode::BAD_REQUEST);
        }
    }

    proptest! {
        #[test]
        fn no_body_breaks_it(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read::<Fields>(&body);
        }
    }
}
