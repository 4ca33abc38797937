//! One route twice, open and closed: what asking who calls costs. Both read the same row and write the same answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use atriz_bench::{Client, Request};
use atriz_core::{AuthSettings, Issuer, Verifier};
use atriz_core_http::{Auth, AuthState};
use atriz_web::{Json, Problem, Server};
use axum::extract::{FromRef, State};
use axum::routing::get;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

use crate::{CLIENTS, Failure, house, rate};

#[derive(Clone)]
struct Context {
    auth: AuthState,
    issuer: Issuer,
}

impl FromRef<Context> for AuthState {
    fn from_ref(context: &Context) -> Self {
        context.auth.clone()
    }
}

async fn read(context: &Context) -> Result<Json<Value>, Problem> {
    let found = context.issuer.accounts().find_by_email("member@example.com").await;
    let account = found.map_err(|error| Problem::internal(&error))?.ok_or_else(Problem::not_found)?;
    Ok(Json(json!({ "id": account.id, "name": account.name })))
}

async fn open(State(context): State<Context>) -> Result<Json<Value>, Problem> {
    read(&context).await
}

async fn closed(_: Auth, State(context): State<Context>) -> Result<Json<Value>, Problem> {
    read(&context).await
}

/// Open and closed, in turn.
pub(crate) async fn run(time: Duration) -> Result<(f64, f64), Failure> {
    let issuer = house::issuer().await?;
    let pair = house::tokens(&issuer, "member@example.com").await?;
    let settings: &AuthSettings = issuer.settings();
    let auth = AuthState::new("atriz", Verifier::local(&issuer), settings);
    let context = Context { auth, issuer: issuer.clone() };
    let routes = OpenApiRouter::new().route("/open", get(open)).route("/closed", get(closed)).with_state(context);
    let server = Server::builder("bench", "0").api(routes).build();
    let listener = atriz_web::bind(([127, 0, 0, 1], 0).into()).await?;
    let address = listener.local_addr()?;
    tokio::spawn(server.serve(listener, std::future::pending()));
    let token: Arc<str> = pair.access_token.expose_secret().into();
    let (mut opened, mut shut) = (0.0, 0.0);
    // In turn, so that whatever else the machine does falls on both.
    for _ in 0..2 {
        opened += rate_of(address, "/open", &token, time / 2).await?;
        shut += rate_of(address, "/closed", &token, time / 2).await?;
    }
    issuer.shutdown().await;
    Ok((opened / 2.0, shut / 2.0))
}

/// Requests by several connections that stay open. Both routes are sent the token.
async fn rate_of(address: SocketAddr, path: &'static str, token: &Arc<str>, time: Duration) -> Result<f64, Failure> {
    let done = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let clients = (0..CLIENTS).map(|_| {
        let (token, done) = (Arc::clone(token), Arc::clone(&done));
        tokio::task::spawn_blocking(move || {
            let (mut client, request) = (Client::open(address)?, Request::get(path, Some(&token)));
            while started.elapsed() < time {
                client.ask(&request)?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<_, Failure>(())
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await??;
    }
    Ok(rate(done.load(Ordering::Relaxed), started.elapsed()))
}
