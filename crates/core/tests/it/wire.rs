//! The three addresses of an issuer that a verifier elsewhere asks, over as little HTTP as that takes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use atriz_core::{ClientCredential, Issuer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// An issuer that answers on a port of this machine.
pub(crate) struct Wire {
    /// Its address.
    pub(crate) url: String,
    /// How often its keys were asked for.
    pub(crate) asked_for_keys: Arc<AtomicU64>,
    /// What is answered about the keys, where it is not what they are now.
    kept: Kept,
    /// What is answered about tokens, where it is not what holds now.
    told: Answers,
    task: JoinHandle<()>,
}

type Kept = Arc<Mutex<Option<String>>>;
type Answers = Arc<Mutex<Told>>;

/// What was answered about each token.
#[derive(Debug, Default)]
struct Told {
    answers: HashMap<String, String>,
    /// Whether it is answered again, whatever came since.
    again: bool,
}

impl Wire {
    /// Answers from now on.
    pub(crate) async fn of(issuer: &Issuer) -> Self {
        Self::at(issuer, TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    /// The same, on a port that was chosen before.
    pub(crate) fn at(issuer: &Issuer, listener: TcpListener) -> Self {
        let url = format!("http://{}/auth", listener.local_addr().unwrap());
        let (issuer, asked_for_keys) = (issuer.clone(), Arc::new(AtomicU64::new(0)));
        let (kept, told) = (Kept::default(), Answers::default());
        let house =
            Asked { issuer, keys: Arc::clone(&asked_for_keys), kept: Arc::clone(&kept), told: Arc::clone(&told) };
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, house.clone()));
            }
        });
        Self { url, asked_for_keys, kept, told, task }
    }

    /// Answers about the keys as they are now, whatever comes.
    pub(crate) async fn keep_keys(&self, issuer: &Issuer) {
        let keys = serde_json::to_string(&issuer.signing_keys().publish().await.unwrap()).unwrap();
        *self.kept.lock().unwrap() = Some(keys);
    }

    /// Answers about them as they are again.
    pub(crate) fn tell_keys(&self) {
        *self.kept.lock().unwrap() = None;
    }

    /// Answers about tokens as it did, whatever was revoked since: as an issuer that is slow would.
    pub(crate) fn keep_answers(&self) {
        self.told.lock().unwrap().again = true;
    }

    /// Answers nobody any more.
    pub(crate) async fn close(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

/// What the answers come from.
#[derive(Clone)]
struct Asked {
    issuer: Issuer,
    keys: Arc<AtomicU64>,
    kept: Kept,
    told: Answers,
}

async fn answer(mut stream: TcpStream, asked: Asked) {
    let Some((head, body)) = read(&mut stream).await else { return };
    let answer = route(&head, &body, &asked).await;
    let (status, body) = answer.map_or(("401 Unauthorized", String::new()), |body| ("200 OK", body));
    let text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    let _ = stream.write_all(text.as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8(bytes.clone()).ok()?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = header(head, "content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        if body.len() >= length {
            return Some((head.to_owned(), body.to_owned()));
        }
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

async fn route(head: &str, body: &str, asked: &Asked) -> Option<String> {
    let (path, issuer) = (head.split(' ').nth(1)?, &asked.issuer);
    if path == "/auth/.well-known/jwks.json" {
        asked.keys.fetch_add(1, Ordering::Relaxed);
        let kept = asked.kept.lock().unwrap().clone();
        if kept.is_some() {
            return kept;
        }
        return serde_json::to_string(&issuer.signing_keys().publish().await.ok()?).ok();
    }
    let basic = STANDARD.decode(header(head, "authorization")?.strip_prefix("Basic ")?).ok()?;
    let basic = String::from_utf8(basic).ok()?;
    let (app, secret) = basic.split_once(':')?;
    let credential = ClientCredential::Secret { app: app.to_owned(), secret: SecretString::from(secret) };
    let client = issuer.introspection().authenticate(&credential).await.ok()?;
    if let Some(after) = path.strip_prefix("/auth/revocations?after=") {
        return serde_json::to_string(&issuer.revocations(after.parse().ok()?).await.ok()?).ok();
    }
    let token = body.strip_prefix("token=").filter(|_| path == "/auth/introspect")?;
    if asked.told.lock().unwrap().again {
        return asked.told.lock().unwrap().answers.get(token).cloned();
    }
    let answer = serde_json::to_string(&issuer.introspection().introspect(&client, token).await.ok()?).ok()?;
    asked.told.lock().unwrap().answers.insert(token.to_owned(), answer.clone());
    Some(answer)
}
