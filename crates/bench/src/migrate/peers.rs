//! The same migrations through other tools, each in its own layout.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::postgres::make_empty;
use super::{Found, Set, tools};
use crate::generate::{Dialect, Generated, Size, migrations};
use crate::machine::{BenchError, Machine};
use crate::measure::{Cost, timed};
use crate::process::run_at_once;

/// A tool, and how it wants to be given migrations.
pub(super) struct Peer {
    name: &'static str,
    program: PathBuf,
    /// Its migrations.
    folder: PathBuf,
    command: fn(&Self, &Machine, &str) -> Command,
}

impl Peer {
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Every migration of every database of a set, on databases that were just made.
    pub(super) fn all(&self, machine: &Machine, set: &Set) -> Result<Cost, BenchError> {
        let names = make_empty(machine, set)?;
        let commands = names.iter().map(|name| (self.command)(self, machine, name)).collect();
        timed(|| run_at_once(commands))
    }
}

/// Every tool that is here with the migrations of a set, and a line for each that is not.
pub(super) fn of(set: &Set, found: &mut Found) -> Result<Vec<Peer>, BenchError> {
    let made = migrations(Size::growing(set.count), Dialect::Postgres);
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
    take("sqlx", tools::sqlx(), made.iter().flat_map(sqlx_files).collect(), sqlx_command)?;
    take("dbmate", tools::dbmate(), made.iter().map(dbmate_file).collect(), dbmate_command)?;
    take("node-pg-migrate", tools::node_pg_migrate(), made.iter().map(node_file).collect(), node_command)?;
    Ok(peers)
}

fn write(folder: &Path, files: &[(String, String)]) -> Result<(), BenchError> {
    fs::create_dir_all(folder)?;
    files.iter().try_for_each(|(name, text)| Ok(fs::write(folder.join(name), text)?))
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
