//! All apps, served by this very program over SQLite in a folder that goes away with them.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use atriz_core::DEMO_PASSWORD;
use serde_json::{Value, json};

use crate::error::Failure;
use crate::workspace::apps;

/// How long the first answer may take: everything is made and seeded before.
const PATIENCE: Duration = Duration::from_mins(2);

/// The app that is the issuer.
pub(super) const ISSUER: &str = "atriz";

/// Who may do everything.
pub(super) const ADMINISTRATOR: &str = "admin@example.com";

/// What they say while they run, in their folder.
const SAID: &str = "up.log";

/// The apps, until nobody holds them any more.
pub(super) struct Served {
    /// Where each app is, by its name.
    addresses: BTreeMap<&'static str, (u16, String)>,
    child: Option<Child>,
    folder: PathBuf,
    client: reqwest::Client,
}

impl Served {
    /// Starts them and waits until all are ready.
    pub(super) async fn start() -> Result<Self, Failure> {
        // The first of a process stays; that there is one already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let failed = |error: std::io::Error| Failure::unexpected(format!("the apps cannot be started: {error}"));
        let folder = std::env::temp_dir().join(format!("atriz-routes-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let mut command = Command::new(std::env::current_exe().map_err(failed)?);
        command.arg("up");
        let (mut addresses, mut held) = (BTreeMap::new(), Vec::new());
        for app in apps() {
            let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
            let port = listener.local_addr().map_err(failed)?.port();
            addresses.insert(app.name, (port, format!("http://127.0.0.1:{port}")));
            held.push(listener);
        }
        // Until all have one of their own.
        drop(held);
        let _ = File::create(folder.join(SAID)).map_err(failed)?;
        let mut served = Self { addresses, child: None, folder, client: reqwest::Client::new() };
        served.surround(&mut command);
        for (app, (port, _)) in &served.addresses {
            command.env(format!("{}_PORT", app.to_uppercase()), port.to_string());
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(served.log().map_err(failed)?);
        let mut child = command.spawn().map_err(failed)?;
        for (app, (_, address)) in &served.addresses {
            served.wait_for(app, address, &mut child).await?;
        }
        served.child = Some(child);
        Ok(served)
    }

    /// Gives a program the environment that all of them have, and nothing else.
    pub(super) fn surround(&self, command: &mut Command) {
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", &self.folder).env("DATA_DIR", &self.folder).env("LOG_FILTER", "error");
        command.env("AUTH_PUBLIC_URL", self.issuer());
    }

    /// Where a program says what it has to say.
    pub(super) fn log(&self) -> std::io::Result<File> {
        File::options().append(true).open(self.folder.join(SAID))
    }

    /// Waits until a program answers at `address`.
    pub(super) async fn wait_for(&self, name: &str, address: &str, child: &mut Child) -> Result<(), Failure> {
        let started = Instant::now();
        while !is_ready(&self.client, address).await {
            let trouble = match child.try_wait().ok().flatten() {
                Some(status) => format!("{name} ended before it was ready ({status})"),
                None if started.elapsed() > PATIENCE => format!("{name} is not ready after two minutes"),
                None => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            };
            // What cannot be ended has ended.
            let _ = child.kill();
            return Err(Failure::unexpected(format!("{trouble}:\n{}", self.said())));
        }
        Ok(())
    }

    /// What the apps said so far.
    pub(super) fn said(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.folder.join(SAID)).unwrap_or_default()).into_owned()
    }

    /// Where an app is; nowhere for one that does not exist.
    pub(super) fn address(&self, app: &str) -> &str {
        self.addresses.get(app).map_or("", |(_, address)| address)
    }

    /// The address of the issuer's routes.
    pub(super) fn issuer(&self) -> String {
        format!("{}/auth", self.address(ISSUER))
    }

    /// The answer to a request that somebody signed in makes, without a body.
    pub(super) async fn post(&self, url: &str, token: &str) -> Result<Value, reqwest::Error> {
        self.client.post(url).bearer_auth(token).send().await?.json().await
    }

    /// An access token of a demo user for `app`, by the issuer at an address. Nobody is let in more often than a few times a minute from one
    /// address, so this waits when it is told to.
    pub(super) async fn sign_in(&self, address: &str, user: &str, app: &str) -> Result<String, Failure> {
        let url = format!("{address}/auth/sign-in");
        let body = json!({"email": user, "password": DEMO_PASSWORD, "app": app});
        let failed = |error: reqwest::Error| Failure::unexpected(format!("{url} failed: {error}"));
        for _ in 0..10 {
            let answer = self.client.post(&url).json(&body).send().await.map_err(failed)?;
            let wait = answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse().ok());
            let said: Value = answer.json().await.map_err(failed)?;
            match (said["access_token"].as_str(), wait) {
                (Some(token), _) => return Ok(token.to_owned()),
                (None, Some(seconds)) => tokio::time::sleep(Duration::from_secs(seconds)).await,
                (None, None) => return Err(Failure::unexpected(format!("{user} cannot sign in: {said}"))),
            }
        }
        Err(Failure::unexpected(format!("{user} is told to wait again and again")))
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // What has ended already needs no end, and a folder that stays is one of the system's temporary ones.
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

async fn is_ready(client: &reqwest::Client, address: &str) -> bool {
    let answer = client.get(format!("{address}/health/ready")).send().await;
    answer.is_ok_and(|answer| answer.status().is_success())
}
