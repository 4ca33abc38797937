//! A client for the tests of apps.

use percent_encoding::NON_ALPHANUMERIC;
use reqwest::header::HeaderMap;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;

/// A client of one server.
#[derive(Clone, Debug)]
pub struct Http {
    base: String,
    client: Client,
    headers: Vec<(String, String)>,
}

/// An answer whose status was the expected one.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub text: String,
}

impl Http {
    /// A client of the server at `base`, such as `http://127.0.0.1:3000`. It follows no redirect and keeps no cookie:
    /// a test says what it sends.
    ///
    /// # Panics
    ///
    /// If the system cannot make a client.
    pub fn new(base: &str) -> Self {
        // The first of a process stays; that there is one already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
        let client = client.expect("a client without TLS needs nothing");
        Self { base: base.trim_end_matches('/').to_owned(), client, headers: Vec::new() }
    }

    /// The same client with a header on every request.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        client.headers.push((name.to_owned(), value.to_owned()));
        client
    }

    /// The same client without a header that [`Http::with`] added.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut client = self.clone();
        client.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        client
    }

    /// The same client with an access token on every request.
    #[must_use]
    pub fn bearing(&self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// Where the server is, such as `http://127.0.0.1:3000`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A request with the client's headers.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        self.headers.iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    /// Sends a request and insists on the status of the answer.
    ///
    /// # Panics
    ///
    /// If there is no answer, or one with another status; the message holds the body.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>, expected: u16) -> Answer {
        let url = format!("{}{path}", self.base);
        let mut request = self.request(method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap_or_else(|error| panic!("{method} {url}: {error}"));
        let answer = Answer::of(response).await;
        let Answer { status, text, .. } = &answer;
        assert_eq!(status.as_u16(), expected, "{method} {url} answered {status}: {text}");
        answer
    }

    /// Sends a body of any type, and takes any answer.
    ///
    /// # Panics
    ///
    /// If there is no answer.
    pub async fn raw(&self, method: Method, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.request(method, path).header("content-type", kind).body(body.into());
        Answer::of(request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"))).await
    }

    /// Sends a request without a body, or with one of JSON, and takes any answer.
    ///
    /// # Panics
    ///
    /// If there is no answer.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::of(request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"))).await
    }

    /// POST of a form, answered with `expected`.
    ///
    /// # Panics
    ///
    /// As [`Http::send`].
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)], expected: u16) -> Answer {
        let encoded = |text: &str| percent_encoding::utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs: Vec<_> =
            fields.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        let answer = self.raw(Method::POST, path, "application/x-www-form-urlencoded", pairs.join("&")).await;
        assert_eq!(answer.status.as_u16(), expected, "POST {path} answered {}: {}", answer.status, answer.text);
        answer
    }

    /// GET, answered with 200.
    pub async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, None, 200).await.json()
    }

    /// GET, answered with `expected`.
    pub async fn get_expecting(&self, path: &str, expected: u16) -> Answer {
        self.send(Method::GET, path, None, expected).await
    }

    /// POST, answered with `expected`.
    pub async fn post(&self, path: &str, body: &Value, expected: u16) -> Answer {
        self.send(Method::POST, path, Some(body), expected).await
    }

    /// PATCH, answered with `expected`.
    pub async fn patch(&self, path: &str, body: &Value, expected: u16) -> Answer {
        self.send(Method::PATCH, path, Some(body), expected).await
    }

    /// DELETE, answered with `expected`.
    pub async fn delete(&self, path: &str, expected: u16) -> Answer {
        self.send(Method::DELETE, path, None, expected).await
    }
}

impl Answer {
    async fn of(response: reqwest::Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap_or_else(|error| panic!("{error}"));
        Self { status, headers, text }
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in: {}", self.text))
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}
