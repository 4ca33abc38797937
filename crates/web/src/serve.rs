//! Accepting connections, and ending in good order.
//!
//! `axum::serve` sets no timer on hyper and leaves its connections running when it ends. This loop does both: a caller
//! who dribbles its request's head is cut off, and none is left over after the end.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// How many headers hyper reads before it gives up on a request.
const HYPER_HEADERS: usize = 256;

/// How many bytes of a request's head hyper reads before it gives up on it.
const HYPER_HEAD: usize = 128 * 1024;

/// How long a caller may take for the head of a request, and how long the rest may take after the end was asked for.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) header_read: Duration,
    pub(crate) drain: Duration,
}

/// Serves until `shutdown` completes and all requests in flight are answered, or their time is up.
pub(crate) async fn run(router: Router, mut listener: TcpListener, limits: Limits, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    let (stop, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut shutdown => break,
            // `Listener::accept` waits and tries again when the process has no file descriptors left.
            (stream, peer) = Listener::accept(&mut listener) => {
                connections.spawn(converse(router.clone(), stream, peer, limits.header_read, stopped.clone()));
            }
            Some(_ended) = connections.join_next() => {}
        }
    }
    drop(listener);
    drop(stop);
    drain(connections, limits.drain).await;
}

/// One connection, from its first request to its last.
async fn converse(
    router: Router,
    stream: TcpStream,
    peer: SocketAddr,
    header_read: Duration,
    mut stopped: watch::Receiver<()>,
) {
    // Answers are small and complete: waiting for more to send would only delay them. Failing costs nothing else.
    let _slower = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut server = http1::Builder::new();
    // Wider than the limits of `guard`, whose refusals say more than hyper's own.
    server
        .timer(TokioTimer::new())
        .header_read_timeout(header_read)
        .max_headers(HYPER_HEADERS)
        .max_buf_size(HYPER_HEAD);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let result = tokio::select! {
        result = connection.as_mut() => result,
        // The sender is dropped when the end is asked for.
        _dropped = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(err) = result {
        tracing::debug!(error = %err, "a connection broke");
    }
}

async fn drain(mut connections: JoinSet<()>, limit: Duration) {
    let finish = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(limit, finish).await.is_err() {
        tracing::warn!(connections = connections.len(), "not all requests ended in time; cutting them off");
        connections.shutdown().await;
    }
}

/// Completes when the process is asked to end: SIGTERM, or Ctrl-C.
pub async fn shutdown_signal() {
    let interrupted = async {
        if let Err(err) = tokio::signal::ctrl_c().await {
            tracing::warn!(error = %err, "Ctrl-C cannot be watched for");
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupted => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => _ = signals.recv().await,
        Err(err) => {
            tracing::warn!(error = %err, "SIGTERM cannot be watched for");
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending::<()>().await;
}
