//! The same migrations through other tools, each in its own layout: those that are here, and those that npm can bring.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::postgres::{make_empty, ours};
use super::{Found, Set};
use crate::generate::{Dialect, Generated, migrations};
use crate::machine::{BenchError, Machine, target_folder};
use crate::measure::{Cost, Step, alternate_all, timed};
use crate::process::run_at_once;

/// A tool, and how it wants to be given migrations.
struct Peer {
    name: &'static str,
    program: PathBuf,
    /// Its migrations.
    folder: PathBuf,
    command: fn(&Self, &Machine, &str) -> Command,
}

/// Ours beside every tool that is here, and a line for each that is not.
pub(super) fn run(pairs: usize, found: &mut Found) -> Result<(), BenchError> {
    let machine = Machine::postgres_with_port()?;
    for (databases, count) in [(4, 100), (1, 1_000)] {
        let set = Set::write(&machine, databases, count)?;
        let peers = peers(&set, found)?;
        if peers.is_empty() {
            return Ok(());
        }
        let mut work = || ours(&machine, &set);
        let mut steps: Vec<_> = peers.iter().map(|peer| (peer.name, || peer_all(peer, &machine, &set))).collect();
        let mut floors: Vec<(&str, &mut Step<'_>)> = Vec::new();
        for (name, step) in &mut steps {
            floors.push((name, step));
        }
        let name = format!("PostgreSQL: {}, beside other tools", set.describe());
        found.measures.extend(alternate_all(&name, "–", pairs, &mut work, &mut floors)?);
    }
    Ok(())
}

fn peer_all(peer: &Peer, machine: &Machine, set: &Set) -> Result<Cost, BenchError> {
    let names = make_empty(machine, set)?;
    let commands = names.iter().map(|name| (peer.command)(peer, machine, name)).collect();
    timed(|| run_at_once(commands))
}

fn peers(set: &Set, found: &mut Found) -> Result<Vec<Peer>, BenchError> {
    let made = migrations(set.count, Dialect::Postgres);
    let mut peers = Vec::new();
    let mut take = |name, program: Result<PathBuf, String>, files: Vec<(String, String)>, command| {
        match program {
            Ok(program) => {
                let folder = set.root.join(name);
                write(&folder, &files)?;
                peers.push(Peer { name, program, folder, command });
            }
            Err(reason) if found.missing.contains(&reason) => {}
            Err(reason) => found.missing.push(reason),
        }
        Ok::<(), BenchError>(())
    };
    take("sqlx", sqlx(), made.iter().flat_map(sqlx_files).collect(), sqlx_command)?;
    take(
        "dbmate",
        of_npm("dbmate", &["node_modules/.bin/dbmate"]),
        made.iter().map(dbmate_file).collect(),
        dbmate_command,
    )?;
    let node = of_npm("node-pg-migrate", &["node_modules/.bin/node-pg-migrate", "pg"]);
    take("node-pg-migrate", node, made.iter().map(node_file).collect(), node_command)?;
    Ok(peers)
}

fn write(folder: &Path, files: &[(String, String)]) -> Result<(), BenchError> {
    fs::create_dir_all(folder)?;
    files.iter().try_for_each(|(name, text)| Ok(fs::write(folder.join(name), text)?))
}

fn sqlx() -> Result<PathBuf, String> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join("sqlx")).find(|path| path.is_file());
    let reason = "sqlx is missing: `cargo install sqlx-cli --no-default-features --features postgres,sqlite,rustls`";
    found.ok_or_else(|| reason.to_owned())
}

/// A tool of npm, installed once beside the release programs. `wanted` is its program, then packages it needs besides.
fn of_npm(package: &str, wanted: &[&str]) -> Result<PathBuf, String> {
    let missing = |why: &str| format!("{package} is missing: {why}; `npm install {package}` brings it");
    let folder = target_folder().map_err(|error| missing(&error.to_string()))?.join("bench-peers").join(package);
    let program = folder.join(wanted[0]);
    if program.exists() {
        return Ok(native(program));
    }
    fs::create_dir_all(&folder).map_err(|error| missing(&error.to_string()))?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(package).args(&wanted[1..]);
    npm.current_dir(&folder).stdout(Stdio::null()).stderr(Stdio::null());
    match npm.status() {
        Ok(status) if status.success() && program.exists() => Ok(native(program)),
        Ok(_) => Err(missing("npm could not install it")),
        Err(_) => Err(missing("npm is not installed")),
    }
}

/// dbmate comes as a program for this system behind a script; starting node is not its work.
fn native(program: PathBuf) -> PathBuf {
    let packages = program.ancestors().nth(2).map(|folder| folder.join("@dbmate"));
    let entries = packages.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    entries.map(|entry| entry.path().join("bin/dbmate")).find(|path| path.is_file()).unwrap_or(program)
}

fn url(machine: &Machine, database: &str) -> String {
    let port = machine.server.as_ref().map_or(5432, atriz_db_tools::cluster::Cluster::port);
    format!("postgres://postgres@127.0.0.1:{port}/{database}?sslmode=disable")
}

fn sqlx_files(migration: &Generated) -> Vec<(String, String)> {
    let file = |direction: &str| format!("{}.{direction}.sql", migration.version);
    vec![(file("up"), migration.up.clone()), (file("down"), migration.down.clone())]
}

fn sqlx_command(peer: &Peer, machine: &Machine, database: &str) -> Command {
    let mut command = machine.command(&peer.program);
    command.args(["migrate", "run", "--source"]).arg(&peer.folder).args(["--database-url", &url(machine, database)]);
    command
}

fn dbmate_file(migration: &Generated) -> (String, String) {
    let text = format!("-- migrate:up\n{}\n-- migrate:down\n{}", migration.up, migration.down);
    (format!("{}.sql", migration.version), text)
}

fn dbmate_command(peer: &Peer, machine: &Machine, database: &str) -> Command {
    let mut command = machine.command(&peer.program);
    command.args(["--no-dump-schema", "--url", &url(machine, database), "--migrations-dir"]).arg(&peer.folder);
    command.arg("migrate");
    command
}

fn node_file(migration: &Generated) -> (String, String) {
    let text = format!("-- Up Migration\n{}\n-- Down Migration\n{}", migration.up, migration.down);
    (format!("{}.sql", migration.version), text)
}

fn node_command(peer: &Peer, machine: &Machine, database: &str) -> Command {
    let mut command = machine.command(&peer.program);
    // A transaction per file, as all the others have it.
    command.args(["up", "--no-single-transaction", "--migrations-dir"]).arg(&peer.folder);
    command.env("DATABASE_URL", url(machine, database));
    command
}
