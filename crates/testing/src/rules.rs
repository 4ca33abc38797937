//! Whether an app lets in whom its OpenAPI document says, operation by operation and role by role.

use std::collections::BTreeSet;
use std::fmt::Write;

use reqwest::Method;
use serde_json::Value;

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
}

/// What every app has for whoever runs it; they are closed by the proxy in front of it, if at all.
const OPERATIONS: [&str; 3] = ["/health/live", "/health/ready", "/version"];

impl Running {
    /// Calls every operation signed out and as each demo user of `users`, and compares the answers with the document:
    /// 401 for nobody, 403 for whoever lacks the permission, neither for whoever holds it.
    ///
    /// # Panics
    ///
    /// If an operation has no rule, or does not keep it.
    pub async fn keep_rules(&self, users: &[&str]) {
        let operations = operations(&self.http).await;
        let stranger = self.http.without("authorization");
        let mut faults = String::new();
        for operation in &operations {
            let open = operation.rule == Rule::Public;
            judge(&stranger, operation, "nobody", if open { Let::In } else { Let::Unknown }, &mut faults).await;
        }
        for user in users {
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
}

/// What an answer says of the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Let {
    In,
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
            found.push(Operation { method, path: made_up(path), rule });
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
