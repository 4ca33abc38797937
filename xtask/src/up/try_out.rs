//! Calls each app as a user would.

use std::net::SocketAddr;

use atriz_app::App;
use serde_json::Value;

use crate::error::Failure;
use crate::output;

/// What a first look asks of an app: a path, and where in the answer something real has to stand.
struct Question {
    app: &'static str,
    path: &'static str,
    expected: &'static str,
    /// Asked about the first row of the answer, by its id.
    then: Option<&'static str>,
}

const QUESTIONS: &[Question] = &[
    Question { app: "atriz", path: "/api/v1/locations?q=lisbon&limit=1", expected: "name", then: None },
    Question {
        app: "mextrack",
        path: "/api/v1/vehicles?limit=1",
        expected: "plate",
        then: Some("/api/v1/vehicles/{id}/positions?limit=1"),
    },
    Question { app: "pshop", path: "/api/v1/products?q=coffee&limit=1", expected: "sku", then: None },
];

/// The path to try first on an app.
pub(super) fn first_path(app: &str) -> Option<&'static str> {
    QUESTIONS.iter().find(|question| question.app == app).map(|question| question.path)
}

/// Asks each app whether it is ready, then for what it is there for, and prints what came back.
pub(super) async fn run(served: &[(App, SocketAddr)]) -> Result<(), Failure> {
    let client = reqwest::Client::new();
    for (app, address) in served {
        let ready = format!("http://{address}/health/ready");
        let report = get(&client, &ready).await?;
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
    let row = show(client, &format!("http://{address}{}", question.path)).await?;
    if !row[question.expected].is_string() {
        return Err(wrong(question.path, &row));
    }
    if let Some(then) = question.then {
        let path = then.replace("{id}", row["id"].as_str().unwrap_or_default());
        let row = show(client, &format!("http://{address}{path}")).await?;
        if !row.is_object() {
            return Err(wrong(&path, &row));
        }
    }
    Ok(())
}

/// Gets a list, prints its first row and answers it.
async fn show(client: &reqwest::Client, url: &str) -> Result<Value, Failure> {
    let mut body = get(client, url).await?;
    let row = body["items"][0].take();
    output::data(&format!("GET {url}\n  {row}"));
    Ok(row)
}

async fn get(client: &reqwest::Client, url: &str) -> Result<Value, Failure> {
    let failed =
        |error: reqwest::Error| Failure::user(format!("GET {url} failed: {error}"), "the log above may say why");
    let answer = client.get(url).send().await.map_err(failed)?;
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
