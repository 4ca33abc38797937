//! What several of these tests need.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use atriz_db_tools::cluster::Options;
use rustix::process::{Pid, Signal, kill_process};
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// Asks a server for one text.
pub(crate) async fn ask(url: &str, sql: &str) -> String {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let answer = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    answer
}

/// Runs statements that answer nothing.
pub(crate) async fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

/// An empty folder that every user can work in, with a path short enough for a socket.
pub(crate) fn open_folder() -> TempDir {
    let parent = ["/dev/shm", "/tmp"].into_iter().find(|parent| Path::new(parent).is_dir()).unwrap();
    let folder = tempfile::Builder::new().prefix("db-tools-").tempdir_in(parent).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
    folder
}

/// Options that leave the shared cache alone.
pub(crate) fn apart(folder: &TempDir) -> Options {
    Options { directory: Some(folder.path().to_owned()), ..Options::default() }
}

/// The folder in which all clusters of one user stand.
pub(crate) fn home(folder: &TempDir) -> PathBuf {
    let mut homes = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let home = homes.find(|path| path.file_name().unwrap().to_string_lossy().starts_with("atriz-pg-"));
    home.expect("a cluster was started in this folder")
}

/// The names in a folder that start so.
pub(crate) fn names(folder: &Path, start: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    entries.filter(|name| name.starts_with(start)).collect()
}

/// The processes whose command line names the text. A dead one that nobody has asked after yet has none.
pub(crate) fn processes(text: &str) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return processes_by_ps(text) };
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_string_lossy().parse::<i32>().ok());
    let named = ids.filter(|id| {
        let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    });
    named.filter_map(Pid::from_raw).collect()
}

fn processes_by_ps(text: &str) -> Vec<Pid> {
    let output = std::process::Command::new("ps").args(["-axo", "pid=,args="]).output().unwrap().stdout;
    let output = String::from_utf8_lossy(&output).into_owned();
    let named = output.lines().filter(|line| line.contains(text));
    named.filter_map(|line| Pid::from_raw(line.split_whitespace().next()?.parse().ok()?)).collect()
}

/// Kills without a chance to tidy up.
pub(crate) fn kill(process: Pid) {
    kill_process(process, Signal::KILL).unwrap();
}

/// Waits until no process names the folder and the folder is gone, for five seconds at most.
pub(crate) fn assert_gone(folder: &Path) {
    let start = Instant::now();
    let text = folder.to_str().unwrap();
    while folder.exists() || !processes(text).is_empty() {
        let left = processes(text);
        assert!(start.elapsed() < Duration::from_secs(5), "{text}: exists {}, {left:?}", folder.exists());
        std::thread::sleep(Duration::from_millis(10));
    }
}
