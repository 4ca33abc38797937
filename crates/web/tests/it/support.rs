//! A server for the length of a test, and answers as text for snapshots.

use std::fmt::Write;
use std::net::SocketAddr;
use std::time::Duration;

use atriz_web::{Server, ServerBuilder, bind};
use axum::Router;
use reqwest::{Client, RequestBuilder, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// No step of a test takes longer, unless it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

impl Running {
    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path)).header("x-request-id", "test")
    }

    pub(crate) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path)).header("x-request-id", "test")
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Asks the server to end, and returns what completes when it has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        self.stop.send(()).expect("the server waits for this");
        self.ended
    }
}

/// A listener on a free port.
pub(crate) async fn free_port() -> TcpListener {
    bind(([127, 0, 0, 1], 0).into()).await.unwrap()
}

pub(crate) async fn start(server: Server) -> Running {
    let listener = free_port().await;
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let ended = tokio::spawn(server.serve(listener, async { stopped.await.unwrap_or_default() }));
    // The first of a process stays; that there is one already is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
    Running { address, client, stop, ended }
}

/// A server with these plain routes and everything that all apps have.
pub(crate) async fn start_routes(routes: Router) -> Running {
    start(app().api(routes.into()).build()).await
}

pub(crate) fn app() -> ServerBuilder {
    Server::builder("demo", "1.2.3")
}

/// Status, the headers that a client acts on, and the body.
pub(crate) async fn shown(request: RequestBuilder) -> String {
    let answer = request.send().await.unwrap();
    let acted_on = ["allow", "content-type", "etag", "link", "retry-after", "www-authenticate", "x-request-id"];
    show(answer, |name| acted_on.contains(&name)).await
}

/// Status, all headers but the date, and the body.
pub(crate) async fn shown_in_full(request: RequestBuilder) -> String {
    show(request.send().await.unwrap(), |name| name != "date").await
}

async fn show(answer: Response, wanted: impl Fn(&str) -> bool) -> String {
    let mut text = format!("{}\n", answer.status());
    let mut headers: Vec<_> = answer.headers().iter().filter(|(name, _)| wanted(name.as_str())).collect();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        writeln!(text, "{name}: {}", value.to_str().unwrap()).unwrap();
    }
    let body = answer.text().await.unwrap();
    // Not through `Value`, which would sort the members: their order is part of what is shown.
    text + "\n" + &pretty(&body)
}

fn pretty(body: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(body).is_err() {
        return body.to_owned();
    }
    body.replace(",\"", ",\n\"").replace("{\"", "{\n\"").replace("\"}", "\"\n}")
}
