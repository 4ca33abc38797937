//! Whether an app lets in whom its OpenAPI document says, operation by operation and role by role.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::time::Duration;

use atriz_core::{DEMO_PASSWORD, DEMO_USERS};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::Running;
use crate::http::Http;

/// Who may call an operation, as the document says it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    Public,
    SignedIn,
    Permission(String),
    Client,
}

/// An operation of the document, with made-up values in its path.
#[derive(Clone, Debug)]
struct Operation {
    method: Method,
    path: String,
    rule: Rule,
    /// Whether it takes a proof of the last ten minutes.
    step_up: bool,
}

/// What every app has for whoever runs it; they are closed by the proxy in front of it, if at all.
const OPERATIONS: [&str; 3] = ["/health/live", "/health/ready", "/version"];

impl Running {
    /// Calls every operation signed out and as each demo user, and compares the answers with the document: 401 for nobody,
    /// 403 for whoever lacks the permission, neither for whoever holds it.
    ///
    /// # Panics
    ///
    /// If an operation has no rule, or does not keep it.
    pub async fn keep_rules(&self) {
        let operations = operations(&self.http).await;
        let stranger = self.http.without("authorization");
        let mut faults = String::new();
        for operation in &operations {
            let open = operation.rule == Rule::Public;
            judge(&stranger, operation, "nobody", if open { Let::In } else { Let::Unknown }, &mut faults).await;
        }
        for user in DEMO_USERS.iter().map(|user| user.email) {
            let mut client = self.signed_in(user).await;
            let permissions = permissions(&client).await;
            for operation in &operations {
                judge(&client, operation, user, operation.rule.lets(&permissions), &mut faults).await;
                if operation.path.contains("sign-out") {
                    client = self.signed_in(user).await;
                }
            }
        }
        assert!(faults.is_empty(), "{faults}");
    }

    /// The same as people who proved who they are eleven minutes ago: the document says which operations ask for that anew.
    ///
    /// # Panics
    ///
    /// If an operation asks that does not say so, or says so and does not.
    pub async fn keep_rules_of_fresh_proofs(&self) {
        let operations = operations(&self.http).await;
        assert!(operations.iter().any(|operation| operation.step_up), "the document names none");
        let mut faults = String::new();
        for user in DEMO_USERS.iter().map(|user| user.email) {
            let mut client = self.signed_in_before(user).await;
            let permissions = permissions(&client).await;
            for operation in &operations {
                let expected = match operation.rule.lets(&permissions) {
                    Let::In if operation.step_up => Let::Again,
                    other => other,
                };
                judge(&client, operation, user, expected, &mut faults).await;
                if operation.path.contains("sign-out") {
                    client = self.signed_in_before(user).await;
                }
            }
        }
        assert!(faults.is_empty(), "{faults}");
    }

    /// A client that signed in eleven minutes ago, with an access token of this moment.
    async fn signed_in_before(&self, email: &str) -> Http {
        let stranger = self.http.without("authorization");
        let body = json!({"email": email, "password": DEMO_PASSWORD});
        let tokens = stranger.post("/auth/sign-in", &body, 200).await.json();
        self.databases.clock.advance(Duration::from_mins(11));
        let body = json!({"refresh_token": tokens["refresh_token"]});
        let tokens = stranger.post("/auth/token/refresh", &body, 200).await.json();
        stranger.bearing(tokens["access_token"].as_str().expect("tokens are text"))
    }
}

/// What an answer says of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Let {
    In,
    /// Once they proved who they are anew.
    Again,
    Unknown,
    NotPermitted,
}

impl Rule {
    /// The rule of an operation.
    fn of(operation: &Value) -> Option<Self> {
        let marks = |name: &str| operation[name] == Value::Bool(true);
        let permission = operation["x-permission"].as_str();
        let mut rules = [
            marks("x-public").then_some(Self::Public),
            marks("x-signed-in").then_some(Self::SignedIn),
            marks("x-client").then_some(Self::Client),
            permission.map(|name| Self::Permission(name.to_owned())),
        ]
        .into_iter()
        .flatten();
        let rule = rules.next().filter(|_| rules.next().is_none())?;
        // A rule and what the document says of credentials belong together.
        (operation["security"].is_array() != (rule == Self::Public)).then_some(rule)
    }

    fn lets(&self, permissions: &BTreeSet<String>) -> Let {
        match self {
            Self::Public | Self::SignedIn => Let::In,
            Self::Permission(name) if permissions.contains(name) => Let::In,
            Self::Permission(_) => Let::NotPermitted,
            Self::Client => Let::Unknown,
        }
    }
}

async fn operations(http: &Http) -> Vec<Operation> {
    let document = http.get("/openapi.json").await;
    let mut found = Vec::new();
    let mut faults = String::new();
    for (path, item) in document["paths"].as_object().expect("a document has paths") {
        for (method, operation) in item.as_object().expect("a path has operations") {
            if OPERATIONS.contains(&path.as_str()) {
                continue;
            }
            let Some(rule) = Rule::of(operation) else {
                writeln!(faults, "{method} {path} has no rule, or several").expect("a String takes any text");
                continue;
            };
            let method = method.to_uppercase().parse().expect("a document has methods of HTTP");
            let step_up = operation["x-step-up"] == Value::Bool(true);
            found.push(Operation { method, path: made_up(path), rule, step_up });
        }
    }
    assert!(faults.is_empty(), "{faults}");
    found
}

/// The path with values that nothing has.
fn made_up(path: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{id}" => "00000000-0000-0000-0000-000000000000",
        part if part.starts_with('{') => "none",
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

async fn permissions(client: &Http) -> BTreeSet<String> {
    let me = client.get("/auth/me").await;
    let names = me["permissions"].as_array().expect("permissions are a list");
    names.iter().map(|name| name.as_str().expect("permissions are text").to_owned()).collect()
}

async fn judge(client: &Http, operation: &Operation, who: &str, expected: Let, faults: &mut String) {
    let answer = client.ask(operation.method.clone(), &operation.path, None).await;
    let found = match answer.status.as_u16() {
        401 if answer.text.contains("/step-up-required\"") => Let::Again,
        401 => Let::Unknown,
        403 => Let::NotPermitted,
        500.. => panic!("{operation:?} as {who}: {} {}", answer.status, answer.text),
        _ => Let::In,
    };
    if found != expected {
        let (status, text) = (answer.status, answer.text);
        writeln!(faults, "{operation:?} as {who}: {status} {text}, expected {expected:?}")
            .expect("a String takes any text");
    }
}
