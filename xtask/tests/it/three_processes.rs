//! Three programs write core's SQLite file at once: each signs people in by itself, as in development.

use std::net::TcpListener;
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::command::Machine;

/// Ends an app when a test fails, too.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// How long they write: `.ci/run` and `cargo xtask test --deep` take ninety seconds.
fn time() -> Duration {
    let given = std::env::var_os("TEST_SOAK_SECONDS").and_then(|text| text.into_string().ok()?.parse().ok());
    Duration::from_secs(given.unwrap_or(8))
}

const USERS: [&str; 6] = ["member", "seller1", "dispatcher", "driver", "manager", "cashier"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_programs_write_one_file_without_an_error() {
    let Some(mut machine) = Machine::of("sqlite") else { return };
    // Each request comes from an address of its own, so that nobody is sent away for coming too often.
    machine.set("TRUSTED_PROXIES", "127.0.0.0/8");
    machine.works(&["db", "create"]);
    machine.works(&["db", "migrate"]);
    machine.works(&["db", "seed", "core"]);
    let listeners: Vec<_> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
    let ports: Vec<u16> = listeners.iter().map(|one| one.local_addr().expect("its address").port()).collect();
    drop(listeners);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().build().expect("a client");
    let (mut apps, mut logs) = (Vec::new(), Vec::new());
    for (name, port) in ["atriz-api", "mextrack-api", "pshop-api"].into_iter().zip(&ports) {
        let log = machine.path(&format!("{name}.log"));
        apps.push(Running(machine.start_app(name, *port, &log)));
        logs.push(log);
    }
    for port in &ports {
        ready(&client, *port).await;
    }
    let (done, until) = (Arc::new(AtomicUsize::new(0)), Instant::now() + time());
    let people = ports.iter().flat_map(|port| USERS.map(|user| (*port, user)));
    let people = people.map(|(port, user)| tokio::spawn(live(client.clone(), port, user, until, Arc::clone(&done))));
    for person in people.collect::<Vec<_>>() {
        person.await.expect("no request failed");
    }
    assert!(done.load(Ordering::Relaxed) > 200, "they did next to nothing");
    drop(apps);
    // What an app puts off because of the file, it tells its log.
    for log in logs {
        let text = std::fs::read_to_string(log).expect("the log");
        assert!(!text.contains("locked") && !text.contains("ERROR"), "{text}");
    }
}

async fn ready(client: &Client, port: u16) {
    let started = Instant::now();
    while !client.get(format!("http://127.0.0.1:{port}/health/ready")).send().await.is_ok_and(|one| one.status() == 200)
    {
        assert!(started.elapsed() < Duration::from_mins(1), "port {port} does not answer");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// One person at one app: signs in, goes on many times, signs out, and begins again. Whatever is answered is as promised.
async fn live(client: Client, port: u16, user: &'static str, until: Instant, done: Arc<AtomicUsize>) {
    while Instant::now() < until {
        let attempt = json!({"email": format!("{user}@example.com"), "password": "demo password 2026"});
        let Some(mut tokens) = post(&client, port, "sign-in", &attempt, None).await else { continue };
        for _ in 0..20 {
            let token = json!({"refresh_token": tokens["refresh_token"]});
            tokens = post(&client, port, "token/refresh", &token, None).await.expect("a refresh is never put off");
            done.fetch_add(1, Ordering::Relaxed);
        }
        let access = tokens["access_token"].as_str();
        post(&client, port, "sign-out", &json!({}), access).await;
        done.fetch_add(2, Ordering::Relaxed);
    }
}

/// Nothing where the app asks to come again later, which it may do when many sign in: hashing is what it puts off.
async fn post(client: &Client, port: u16, path: &str, body: &Value, token: Option<&str>) -> Option<Value> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let [_, a, b, c] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let request = client.post(format!("http://127.0.0.1:{port}/auth/{path}")).json(body);
    let request = request.header("x-forwarded-for", format!("10.{a}.{b}.{c}"));
    let request = token.into_iter().fold(request, reqwest::RequestBuilder::bearer_auth);
    let answer = request.send().await.unwrap_or_else(|error| panic!("{path}: {error}"));
    let (status, later) = (answer.status(), answer.headers().contains_key("retry-after"));
    let text = answer.text().await.unwrap_or_else(|error| panic!("{path}: {error}"));
    if path == "sign-in" && later {
        assert!(text.contains("/unavailable\"") || text.contains("/too-many-requests\""), "{text}");
        tokio::time::sleep(Duration::from_millis(300)).await;
        return None;
    }
    assert!(status.is_success(), "{path} answered {status}: {text}");
    Some(serde_json::from_str(&text).unwrap_or_default())
}
