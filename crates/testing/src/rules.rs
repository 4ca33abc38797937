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
    /// Whether it asks the issuer in this moment if the session is still good.
    fresh: bool,
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
        keep(&self.http, async |operations, faults| {
            for user in users() {
                let mut client = self.signed_in(user).await;
                let permissions = permissions(&client).await;
                for operation in operations {
                    judge(&client, operation, user, operation.rule.lets(&permissions), faults).await;
                    if operation.ends_session() {
                        client = self.signed_in(user).await;
                    }
                }
            }
        })
        .await;
    }

    /// The same at `verifier`, an app that asks this one who somebody is; its own operations take no permissions.
    ///
    /// # Panics
    ///
    /// As there.
    pub async fn keep_rules_at(&self, verifier: &Http, app: &str) {
        keep(verifier, async |operations, faults| {
            for user in users() {
                let mut client = self.signed_in_at(verifier, app, user).await;
                for operation in operations {
                    judge(&client, operation, user, operation.rule.lets(&BTreeSet::new()), faults).await;
                    if operation.ends_session() {
                        client = self.signed_in_at(verifier, app, user).await;
                    }
                }
            }
        })
        .await;
    }

    /// The same as people who proved who they are eleven minutes ago: the document says which operations ask for that anew.
    ///
    /// # Panics
    ///
    /// If an operation asks that does not say so, or says so and does not.
    pub async fn keep_rules_of_fresh_proofs(&self) {
        keep(&self.http, async |operations, faults| {
            assert!(operations.iter().any(|operation| operation.step_up), "the document names none");
            for user in users() {
                let mut client = self.signed_in_before(user).await;
                let permissions = permissions(&client).await;
                for operation in operations {
                    let expected = match operation.rule.lets(&permissions) {
                        Let::In if operation.step_up => Let::Again,
                        other => other,
                    };
                    judge(&client, operation, user, expected, faults).await;
                    if operation.ends_session() {
                        client = self.signed_in_before(user).await;
                    }
                }
            }
        })
        .await;
    }

    /// The same with sessions that ended a moment ago, which no verifier has heard of yet: the document says which
    /// operations look them up.
    ///
    /// # Panics
    ///
    /// If an operation looks that does not say so, or says so and does not.
    pub async fn keep_rules_of_ended_sessions(&self) {
        keep(&self.http, async |operations, faults| {
            assert!(operations.iter().any(|operation| operation.fresh), "the document names none");
            for user in users() {
                let mut client = self.signed_out_unheard(user).await;
                for operation in operations {
                    let looked_up = operation.fresh || operation.step_up;
                    let expected = match operation.rule {
                        Rule::Public => Let::In,
                        _ if looked_up => Let::Unknown,
                        _ => operation.rule.lets(&client.1),
                    };
                    judge(&client.0, operation, user, expected, faults).await;
                    if operation.ends_session() {
                        client = self.signed_out_unheard(user).await;
                    }
                }
            }
        })
        .await;
    }

    /// A client whose session ended behind the back of the feed, and what it may do.
    async fn signed_out_unheard(&self, email: &str) -> (Http, BTreeSet<String>) {
        let client = self.signed_in(email).await;
        let permissions = permissions(&client).await;
        let core = self.databases.database("core").await;
        crate::execute(
            core.write(),
            "UPDATE sessions SET revoked_at = created_at, reason = 'x' WHERE revoked_at IS NULL",
        )
        .await
        .expect("sessions can be ended");
        (client, permissions)
    }

    /// A client of a verifier, signed in here.
    async fn signed_in_at(&self, verifier: &Http, app: &str, email: &str) -> Http {
        let body = json!({"email": email, "password": DEMO_PASSWORD, "app": app});
        let tokens = self.http.without("authorization").post("/auth/sign-in", &body, 200).await.json();
        verifier.bearing(tokens["access_token"].as_str().expect("tokens are text"))
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

fn users() -> impl Iterator<Item = &'static str> {
    DEMO_USERS.iter().map(|user| user.email)
}

/// Compares every operation of a document with what nobody is answered, and with what `compare` finds besides.
async fn keep(http: &Http, compare: impl AsyncFnOnce(&[Operation], &mut String)) {
    let operations = operations(http).await;
    let stranger = http.without("authorization");
    let mut faults = String::new();
    for operation in &operations {
        let open = operation.rule == Rule::Public;
        judge(&stranger, operation, "nobody", if open { Let::In } else { Let::Unknown }, &mut faults).await;
    }
    compare(&operations, &mut faults).await;
    assert!(faults.is_empty(), "{faults}");
}

impl Operation {
    /// Whether whoever calls it has to sign in anew.
    fn ends_session(&self) -> bool {
        self.path.contains("sign-out")
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
            let marks = |name: &str| operation[name] == Value::Bool(true);
            let (step_up, fresh) = (marks("x-step-up"), marks("x-fresh"));
            found.push(Operation { method, path: made_up(path), rule, step_up, fresh });
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
