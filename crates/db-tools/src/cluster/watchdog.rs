//! The script that stands between this process and the server, see the module's head.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{ClusterError, telling_line};
use super::home::Slot;

const SCRIPT: &str = include_str!("watchdog.sh");

/// The running script. Dropping it closes the pipe and waits until the server and its folder are gone.
#[derive(Debug)]
pub(crate) struct Watchdog {
    script: Child,
    log: File,
}

/// The script's command; what is added to it is the server's command. `stop` ends the server `$server`.
pub(crate) fn command(slot: &Slot, stop: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.args(["-c", SCRIPT, "watchdog"]).arg(&slot.folder).arg(stop).current_dir("/");
    // Its own process group: Ctrl-C at the terminal is for this process, which then ends the server in good order.
    command.process_group(0);
    command
}

impl Watchdog {
    /// Runs a command made by [`command`]. From here on the server and the folder end with this process.
    pub(crate) fn spawn(mut command: Command, slot: Slot) -> Result<Self, ClusterError> {
        let output = || slot.log.try_clone().map_err(ClusterError::file("share the log", &slot.folder));
        command.stdin(Stdio::piped()).stdout(output()?).stderr(output()?);
        let script = command.spawn().map_err(ClusterError::program(Path::new("/bin/sh")))?;
        Ok(Self { script, log: slot.log })
    }

    /// Waits until the server answers, asking at this pace.
    pub(crate) fn wait_until(
        &mut self,
        server: &str,
        limit: Duration,
        pace: Duration,
        mut ready: impl FnMut() -> bool,
    ) -> Result<(), ClusterError> {
        let start = Instant::now();
        while !ready() {
            if matches!(self.script.try_wait(), Ok(Some(_))) {
                return Err(ClusterError::Ended { server: server.to_owned(), log: self.telling_line() });
            }
            if start.elapsed() > limit {
                let (server, seconds) = (server.to_owned(), limit.as_secs());
                return Err(ClusterError::Silent { server, seconds, log: self.telling_line() });
            }
            thread::sleep(pace);
        }
        Ok(())
    }

    fn telling_line(&self) -> String {
        telling_line(&String::from_utf8_lossy(&read_all(&self.log).unwrap_or_default()))
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        // `wait` closes the pipe first.
        if let Err(error) = self.script.wait() {
            tracing::warn!(%error, "the throwaway PostgreSQL may still be running");
        }
    }
}

/// Reads without moving the position, which the server's processes share, and although the file may be deleted already.
fn read_all(file: &File) -> io::Result<Vec<u8>> {
    let mut content = vec![0; usize::try_from(file.metadata()?.len()).unwrap_or_default()];
    let length = file.read_at(&mut content, 0)?;
    content.truncate(length);
    Ok(content)
}
