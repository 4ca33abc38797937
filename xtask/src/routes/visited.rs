//! An app as a verifier: a process of its own beside those that are served, which knows the issuer by its address alone.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::served::{ADMINISTRATOR, ISSUER, Served};
use crate::error::Failure;

/// The process, until nobody holds it any more.
pub(super) struct Visited {
    pub(super) address: String,
    child: Child,
}

impl Visited {
    /// Starts it over the databases of `served`, and waits until it is ready.
    pub(super) async fn start(served: &Served, app: &'static str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::unexpected(format!("{app} cannot be started: {error}"));
        let secret = secret(served, app).await?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(failed)?.port();
        let address = format!("http://127.0.0.1:{port}");
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        served.surround(command.args(["up", app]));
        command.env(format!("{}_PORT", app.to_uppercase()), port.to_string());
        command.env("AUTH_ISSUER_URL", served.issuer()).env("AUTH_CLIENT_SECRET", secret);
        command.env("AUTH_REDIRECT_URL", format!("{address}/auth/callback"));
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(served.log().map_err(failed)?);
        let mut visited = Self { address, child: child.spawn().map_err(failed)? };
        served.wait_for(app, &visited.address, &mut visited.child).await?;
        Ok(visited)
    }
}

impl Drop for Visited {
    fn drop(&mut self) {
        // What has ended already needs no end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A new secret of the app, by which it proves itself at the issuer.
async fn secret(served: &Served, app: &str) -> Result<String, Failure> {
    let token = served.sign_in(served.address(ISSUER), ADMINISTRATOR, ISSUER).await?;
    let url = format!("{}/admin/apps/{app}/secret", served.issuer());
    let failed = |error: reqwest::Error| Failure::unexpected(format!("{url} failed: {error}"));
    let said: Value = served.post(&url, &token).await.map_err(failed)?;
    let secret = said["secret"].as_str().map(str::to_owned);
    secret.ok_or_else(|| Failure::unexpected(format!("{app} gets no secret: {said}")))
}
