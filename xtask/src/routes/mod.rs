//! Every route of every app, asked by schemathesis as its OpenAPI document says, and as it does not: signed out, and as
//! each role.

mod served;
mod tool;
mod visited;

use std::process::Command;

use atriz_core::DEMO_USERS;

use crate::error::Failure;
use crate::output;
use crate::workspace::apps;
use served::{ADMINISTRATOR, ISSUER, Served};
use tool::Tool;
use visited::Visited;

/// What may end the session that asks; these are asked by themselves.
const ENDINGS: &str = "^/auth/(sign-out|deactivate|password/change|sessions/)";

/// The app that is asked as a verifier, too; those routes are the same in all apps.
const VERIFIER: &str = "mextrack";

/// The roles that a short look takes.
const FEW: [&str; 3] = [ADMINISTRATOR, "member@example.com", "dispatcher@example.com"];

/// How much to ask.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// Requests for each operation, about.
    pub(crate) examples: u32,
    /// Whether to ask as each role; else as a few.
    pub(crate) every_role: bool,
}

/// Installs what asks.
pub(crate) fn install() -> Result<(), Failure> {
    Tool::install().map(drop)
}

/// Asks each app as everybody, each time over databases made anew: one who may shut accounts shuts those of the others.
pub(crate) async fn run(extent: Extent) -> Result<(), Failure> {
    let tool = Tool::install()?;
    let mut failed = Vec::new();
    for app in apps() {
        for user in identities(extent) {
            let who = user.unwrap_or("nobody");
            for part in Part::of(app.name, user) {
                let served = Served::start().await?;
                let visited = match part {
                    Part::Visited => Some(Visited::start(&served, app.name).await?),
                    _ => None,
                };
                let (address, issuer) = match &visited {
                    Some(visited) => (visited.address.as_str(), served.address(ISSUER)),
                    None => (served.address(app.name), served.address(app.name)),
                };
                output::say(&format!("asking {} as {who}{}", app.name, part.called()));
                let mut command = tool.command(&format!("{address}/openapi.json"), extent.examples);
                if let Some(user) = user {
                    let token = served.sign_in(issuer, user, app.name).await?;
                    command.args(["--header", &format!("Authorization: Bearer {token}")]);
                }
                command.args(part.arguments());
                if !succeeds(&mut command)? {
                    output::say(&format!("what the apps said:\n{}", served.said()));
                    failed.push(format!("{} as {who}{}", app.name, part.called()));
                }
            }
        }
    }
    if failed.is_empty() {
        output::good("no route of any app failed");
        return Ok(());
    }
    let hint = "the report above holds a curl command for each; the same seed asks the same again";
    Err(Failure::user(format!("routes failed: {}", failed.join(", ")), hint))
}

fn identities(extent: Extent) -> Vec<Option<&'static str>> {
    let users = DEMO_USERS.iter().map(|user| user.email).filter(|email| extent.every_role || FEW.contains(email));
    std::iter::once(None).chain(users.map(Some)).collect()
}

/// Which routes are asked in one go.
#[derive(Clone, Copy, Debug)]
enum Part {
    /// All of them.
    All,
    /// Those of the app itself: the routes of sign-in are the same in all apps.
    Own,
    /// Those by which browsers are signed in at a verifier.
    Visited,
    /// Those that leave the session that asks as it is.
    Lasting,
    /// One that ends it by itself, with a token of its own.
    SignOut,
    /// The same for all sessions.
    SignOutEverywhere,
    /// Those that may end it: whoever knows the password, or the session.
    OtherEndings,
}

impl Part {
    fn of(app: &str, user: Option<&str>) -> &'static [Self] {
        match (app, user) {
            (ISSUER, None) => &[Self::All],
            (ISSUER, Some(_)) => &[Self::Lasting, Self::SignOut, Self::SignOutEverywhere, Self::OtherEndings],
            (VERIFIER, _) => &[Self::Own, Self::Visited],
            _ => &[Self::Own],
        }
    }

    fn called(self) -> &'static str {
        match self {
            Self::All | Self::Own | Self::Lasting => "",
            Self::Visited => ", as a verifier",
            Self::SignOut => ", signing out",
            Self::SignOutEverywhere => ", signing out everywhere",
            Self::OtherEndings => ", what may end a session",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::All => &[],
            Self::Own => &["--exclude-path-regex", "^/(auth|\\.well-known)/"],
            Self::Visited => &["--include-path-regex", "^/auth/"],
            Self::Lasting => &["--exclude-path-regex", ENDINGS],
            Self::SignOut => &["--include-path", "/auth/sign-out"],
            Self::SignOutEverywhere => &["--include-path", "/auth/sign-out/everywhere"],
            Self::OtherEndings => {
                &["--include-path-regex", ENDINGS, "--exclude-path-regex", "^/auth/sign-out(/everywhere)?$"]
            }
        }
    }
}

/// Whether nothing was found. Its report is long, and shown where something was.
fn succeeds(command: &mut Command) -> Result<bool, Failure> {
    let done = command.output();
    let done = done.map_err(|error| Failure::unexpected(format!("schemathesis cannot be started: {error}")))?;
    if !done.status.success() {
        output::say(&format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)));
    }
    Ok(done.status.success())
}
