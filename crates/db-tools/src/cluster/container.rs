//! A cluster in a container, where no server programs are installed.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::Cluster;
use super::account::Account;
use super::error::ClusterError;
use super::home::Home;
use super::options::Options;
use super::probe::Endpoint;
use super::search::Search;
use super::watchdog::{self, Watchdog};

/// The full name: podman does not guess the registry.
const IMAGE: &str = "docker.io/library/postgres:17";
const DATA: &str = "/var/lib/postgresql/data";
/// The watchdog's shell expands the names, which it finds in its environment.
const STOP: &str = r#""$ATRIZ_ENGINE" rm --force --volumes "$ATRIZ_CONTAINER""#;
/// The first start downloads the image.
const LIMIT: Duration = Duration::from_mins(5);
const PACE: Duration = Duration::from_millis(100);

/// A container engine that answers.
#[derive(Debug)]
pub(crate) struct Engine {
    name: &'static str,
    program: PathBuf,
}

/// The first engine that answers. Of those that do not, `rejected` gets to know.
pub(crate) fn find(search: &Search, rejected: &mut Vec<String>) -> Option<Engine> {
    for name in ["docker", "podman"] {
        let Some(program) = search.program(name) else { continue };
        let engine = Engine { name, program };
        if engine.answers() {
            return Some(engine);
        }
        rejected.push(format!("{name} is installed but its engine does not answer"));
    }
    None
}

/// Starts a server in a container.
pub(crate) fn start(options: &Options, engine: &Engine) -> Result<Cluster, ClusterError> {
    let home = Home::open(options, Account::own())?;
    let slot = {
        let lock = home.lock()?;
        home.sweep(&lock)?;
        home.slot(&lock)?
    };
    let name = format!("atriz-pg-{}", slot.folder.file_name().unwrap_or_default().to_string_lossy());
    let mut command = watchdog::command(&slot, STOP);
    command.env("ATRIZ_ENGINE", &engine.program).env("ATRIZ_CONTAINER", &name);
    command.arg(&engine.program).args(arguments(options, &name));
    let mut watchdog = Watchdog::spawn(command, slot)?;
    let server = format!("{} image {IMAGE}", engine.name);
    tracing::info!(server, "starting a throwaway PostgreSQL, which downloads the image the first time");
    let mut endpoint = None;
    watchdog.wait_until(&server, LIMIT, PACE, || {
        endpoint = endpoint.take().or_else(|| engine.published(&name));
        endpoint.as_ref().is_some_and(Endpoint::answers)
    })?;
    let endpoint = endpoint.expect("it has just answered");
    Ok(Cluster { endpoint, server, programs: None, _watchdog: watchdog })
}

impl Engine {
    /// Whether the engine behind the command is there; the command alone often is.
    fn answers(&self) -> bool {
        let mut command = Command::new(&self.program);
        command.args(["ps", "--quiet"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let Ok(mut child) = command.spawn() else { return false };
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(10) {
            match child.try_wait() {
                Ok(Some(status)) => return status.success(),
                Ok(None) => thread::sleep(Duration::from_millis(10)),
                Err(_) => return false,
            }
        }
        // A remote engine that is switched off; whether the command ends in time no longer matters.
        let _ = child.kill();
        let _ = child.wait();
        false
    }

    /// Where the container's port can be reached, once there is a container.
    fn published(&self, name: &str) -> Option<Endpoint> {
        let output = Command::new(&self.program).args(["port", name, "5432/tcp"]).stdin(Stdio::null()).output().ok()?;
        let port = parse_port(&String::from_utf8_lossy(&output.stdout))?;
        Some(Endpoint::Tcp { folder: None, port })
    }
}

/// The container stays in the foreground, so that its end is the end of the command that the watchdog waits for.
fn arguments(options: &Options, name: &str) -> Vec<String> {
    let mut arguments = vec!["run", "--rm", "--name", name, "--label", "atriz=throwaway"];
    // The engine picks a free port, open to this machine alone.
    arguments.extend(["--publish", "127.0.0.1::5432", "--shm-size", "256m"]);
    arguments.extend(["--env", "POSTGRES_HOST_AUTH_METHOD=trust"]);
    arguments.extend(["--env", "POSTGRES_INITDB_ARGS=--no-sync --locale=C.UTF-8 --encoding=UTF8"]);
    if !options.durable {
        arguments.extend(["--tmpfs", DATA]);
    }
    arguments.push(IMAGE);
    let settings = options.settings();
    arguments.extend(settings.iter().flat_map(|setting| ["-c", setting]));
    arguments.into_iter().map(str::to_owned).collect()
}

/// Reads `127.0.0.1:49153`, the first line that an engine prints for a published port.
fn parse_port(output: &str) -> Option<u16> {
    output.lines().next()?.rsplit(':').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_container_is_removed_private_and_in_memory() {
        let arguments = arguments(&Options::default(), "atriz-pg-1-2-3").join(" ");
        assert!(arguments.starts_with("run --rm --name atriz-pg-1-2-3 "), "{arguments}");
        assert!(arguments.contains(" --publish 127.0.0.1::5432 "), "{arguments}");
        assert!(arguments.contains(" --tmpfs /var/lib/postgresql/data "), "{arguments}");
        assert!(arguments.contains(" docker.io/library/postgres:17 -c max_connections=200 "), "{arguments}");
        assert!(arguments.contains(" -c shared_buffers=64MB"), "{arguments}");
    }

    #[test]
    fn a_durable_container_keeps_its_data_on_a_disk() {
        let options = Options { durable: true, ..Options::default() };
        let arguments = arguments(&options, "x").join(" ");
        assert!(!arguments.contains("tmpfs") && !arguments.contains("fsync"), "{arguments}");
    }

    #[test]
    fn published_ports_are_read() {
        assert_eq!(parse_port("127.0.0.1:49153\n[::1]:49153\n"), Some(49153));
        assert_eq!(parse_port(""), None);
    }
}
