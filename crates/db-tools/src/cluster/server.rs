//! A cluster from installed programs.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::account::Account;
use super::environment;
use super::error::ClusterError;
use super::home::Home;
use super::options::Options;
use super::probe::Endpoint;
use super::search::Installed;
use super::watchdog::{self, Watchdog};
use super::{Cluster, template};

/// Ends the server at once: there is nothing to save.
const STOP: &str = r#"kill -QUIT "$server""#;
/// Copies the prepared data folder, then becomes the server.
const COPY_AND_RUN: &str = r#"cp -a "$1" "$2" && shift 2 && exec "$@""#;
const LIMIT: Duration = Duration::from_secs(30);
const PACE: Duration = Duration::from_millis(5);

/// Starts a server. One that ends while starting is tried once more with a fresh data folder and another port: systems
/// tidy old files out of their temp folders, and somebody may have taken the port.
pub(crate) fn start(options: &Options, account: Account, installed: &Installed) -> Result<Cluster, ClusterError> {
    let home = Home::open(options, account)?;
    match attempt(&home, options, installed, false) {
        Err(error @ ClusterError::Ended { .. }) => {
            tracing::warn!(%error, "trying again with a fresh data folder");
            attempt(&home, options, installed, true)
        }
        result => result,
    }
}

fn attempt(home: &Home, options: &Options, installed: &Installed, anew: bool) -> Result<Cluster, ClusterError> {
    let (template, slot) = {
        let lock = home.lock()?;
        home.sweep(&lock)?;
        (template::ensure(home, &lock, installed, anew)?, home.slot(&lock)?)
    };
    let endpoint = endpoint(options, &slot.folder)?;
    let mut command = watchdog::command(&slot, STOP);
    command.env_clear().env("LC_ALL", "C").env("PATH", environment::read("PATH").unwrap_or("/usr/bin:/bin".to_owned()));
    let data = slot.folder.join("data");
    command.args(["/bin/sh", "-c", COPY_AND_RUN, "server"]).arg(template).arg(&data);
    add_server(&mut command, &installed.bin, &data, options, &endpoint);
    home.account.run(&mut command);
    let mut watchdog = Watchdog::spawn(command, slot)?;
    let (major, minor) = installed.version;
    let server = format!("PostgreSQL {major}.{minor} of {}", installed.bin.display());
    watchdog.wait_until(&server, LIMIT, PACE, || endpoint.answers())?;
    tracing::debug!(server, data = %data.display(), "throwaway PostgreSQL started");
    Ok(Cluster { endpoint, server, programs: Some(installed.bin.clone()), _watchdog: watchdog })
}

/// The socket stands in the cluster's private folder. A port is only needed for TCP; the system picks a free one.
fn endpoint(options: &Options, folder: &Path) -> Result<Endpoint, ClusterError> {
    if !options.tcp {
        return Ok(Endpoint::Socket { folder: folder.to_owned(), port: 5432 });
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    let address = listener.map_err(ClusterError::file("find a free port", folder))?;
    Ok(Endpoint::Tcp { folder: Some(folder.to_owned()), port: address.port() })
}

fn add_server(command: &mut Command, bin: &Path, data: &Path, options: &Options, endpoint: &Endpoint) {
    command.arg(bin.join("postgres")).arg("-D").arg(data);
    if let Some(folder) = endpoint.socket_dir() {
        command.arg("-k").arg(folder);
    }
    let listen = if options.tcp { "127.0.0.1" } else { "" };
    command.arg("-p").arg(endpoint.port().to_string()).arg("-c").arg(format!("listen_addresses={listen}"));
    for setting in options.settings() {
        command.arg("-c").arg(setting);
    }
}
