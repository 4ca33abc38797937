//! The three addresses of an issuer that a verifier elsewhere asks, over as little HTTP as that takes.

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
    task: JoinHandle<()>,
}

type Kept = Arc<Mutex<Option<String>>>;

impl Wire {
    /// Answers from now on.
    pub(crate) async fn of(issuer: &Issuer) -> Self {
        Self::at(issuer, TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    /// The same, on a port that was chosen before.
    pub(crate) fn at(issuer: &Issuer, listener: TcpListener) -> Self {
        let url = format!("http://{}/auth", listener.local_addr().unwrap());
        let (issuer, asked_for_keys) = (issuer.clone(), Arc::new(AtomicU64::new(0)));
        let (count, kept) = (Arc::clone(&asked_for_keys), Kept::default());
        let told = Arc::clone(&kept);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, issuer.clone(), Arc::clone(&count), Arc::clone(&told)));
            }
        });
        Self { url, asked_for_keys, kept, task }
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

    /// Answers nobody any more.
    pub(crate) async fn close(self) {
        self.task.abort();
        let _ = self.task.await;
    }
}

async fn answer(mut stream: TcpStream, issuer: Issuer, asked_for_keys: Arc<AtomicU64>, kept: Kept) {
    let Some((head, body)) = read(&mut stream).await else { return };
    let answer = route(&head, &body, &issuer, &asked_for_keys, &kept).await;
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

async fn route(head: &str, body: &str, issuer: &Issuer, asked_for_keys: &AtomicU64, kept: &Kept) -> Option<String> {
    let path = head.split(' ').nth(1)?;
    if path == "/auth/.well-known/jwks.json" {
        asked_for_keys.fetch_add(1, Ordering::Relaxed);
        let kept = kept.lock().unwrap().clone();
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
    serde_json::to_string(&issuer.introspection().introspect(&client, token).await.ok()?).ok()
}
