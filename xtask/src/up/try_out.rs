//! Calls each app as a user would.

use std::net::SocketAddr;

use atriz_app::App;
use atriz_core::DEMO_PASSWORD;
use serde_json::Value;

use crate::error::Failure;
use crate::output;

/// What a first look asks of an app: a path, and where in the answer something real has to stand.
struct Question {
    app: &'static str,
    path: &'static str,
    expected: &'static str,
    /// The demo user who may ask; nobody where everybody may.
    user: Option<&'static str>,
    /// Asked about the first row of the answer, by its id.
    then: Option<&'static str>,
}

const QUESTIONS: &[Question] = &[
    Question { app: "atriz", path: "/api/v1/locations?q=lisbon&limit=1", expected: "name", user: None, then: None },
    Question {
        app: "mextrack",
        path: "/api/v1/vehicles?limit=1",
        expected: "plate",
        user: Some("dispatcher@example.com"),
        then: Some("/api/v1/vehicles/{id}/positions?limit=1"),
    },
    Question { app: "pshop", path: "/api/v1/products?q=coffee&limit=1", expected: "sku", user: None, then: None },
];

/// The path to try first on an app, and the demo user who may, if not everybody may.
pub(super) fn first_path(app: &str) -> Option<(&'static str, Option<&'static str>)> {
    QUESTIONS.iter().find(|question| question.app == app).map(|question| (question.path, question.user))
}

/// Asks each app whether it is ready, then for what it is there for, and prints what came back.
pub(super) async fn run(served: &[(App, SocketAddr)]) -> Result<(), Failure> {
    // The first of a process stays; that there is one already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    for (app, address) in served {
        let ready = format!("http://{address}/health/ready");
        let report = get(&client, &ready, None).await?;
        if report["status"] != "ok" {
            return Err(wrong(&ready, &report));
        }
        for question in QUESTIONS.iter().filter(|question| question.app == app.name) {
            ask(&client, *address, question).await?;
        }
    }
    output::good("each app answered with real data");
    Ok(())
}

async fn ask(client: &reqwest::Client, address: SocketAddr, question: &Question) -> Result<(), Failure> {
    let token = match question.user {
        Some(user) => Some(sign_in(client, address, user).await?),
        None => None,
    };
    let row = show(client, &format!("http://{address}{}", question.path), token.as_deref()).await?;
    if !row[question.expected].is_string() {
        return Err(wrong(question.path, &row));
    }
    if let Some(then) = question.then {
        let path = then.replace("{id}", row["id"].as_str().unwrap_or_default());
        let row = show(client, &format!("http://{address}{path}"), token.as_deref()).await?;
        if !row.is_object() {
            return Err(wrong(&path, &row));
        }
    }
    Ok(())
}

/// Gets a list, prints its first row and answers it.
async fn show(client: &reqwest::Client, url: &str, token: Option<&str>) -> Result<Value, Failure> {
    let mut body = get(client, url, token).await?;
    let row = body["items"][0].take();
    output::data(&format!("GET {url}\n  {row}"));
    Ok(row)
}

async fn get(client: &reqwest::Client, url: &str, token: Option<&str>) -> Result<Value, Failure> {
    let mut request = client.get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    answered(request, url).await
}

/// The access token of a demo user for the app at `address`.
async fn sign_in(client: &reqwest::Client, address: SocketAddr, user: &str) -> Result<String, Failure> {
    let url = format!("http://{address}/auth/sign-in");
    let body = serde_json::json!({"email": user, "password": DEMO_PASSWORD});
    let tokens = answered(client.post(&url).json(&body), &url).await?;
    output::data(&format!("POST {url}\n  as {user}"));
    tokens["access_token"].as_str().map(str::to_owned).ok_or_else(|| wrong(&url, &Value::Null))
}

async fn answered(request: reqwest::RequestBuilder, url: &str) -> Result<Value, Failure> {
    let failed = |error: reqwest::Error| Failure::user(format!("{url} failed: {error}"), "the log above may say why");
    let answer = request.send().await.map_err(failed)?;
    let status = answer.status();
    let body: Value = answer.json().await.map_err(failed)?;
    if status.is_success() { Ok(body) } else { Err(wrong(url, &body)) }
}

fn wrong(url: &str, body: &Value) -> Failure {
    Failure::user(
        format!("{url} did not answer with real data: {body}"),
        "`cargo xtask db seed --again` restores the demo rows",
    )
}
