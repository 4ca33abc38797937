//! The floor of a route: axum that answers with bytes it holds already, in a runtime as the apps have it.
//!
//! `atriz-bench-bare FILE…` tells its address in one line, then answers `GET /0` with the first file, `GET /1` with the
//! second, and so on, as JSON, until it is ended.

use std::io::Write as _;
use std::process::ExitCode;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::IntoResponse as _;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(Failure::from).and_then(|runtime| runtime.block_on(serve())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever started this reads what it says; a reader that went away is no error.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::from(1)
        }
    }
}

async fn serve() -> Result<(), Failure> {
    let mut routes = Router::new();
    for (number, file) in std::env::args_os().skip(1).enumerate() {
        let body = Bytes::from(std::fs::read(file)?);
        let json = HeaderValue::from_static("application/json");
        let answer = move || std::future::ready(([(CONTENT_TYPE, json.clone())], body.clone()).into_response());
        routes = routes.route(&format!("/{number}"), get(answer));
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    writeln!(std::io::stdout(), "{}", listener.local_addr()?)?;
    // As the apps set it, too.
    let listener = listener.tap_io(|stream| _ = stream.set_nodelay(true));
    Ok(axum::serve(listener, routes).await?)
}
