//! Other people's tools: where they are, and how their package managers bring them where they are not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::machine::target_folder;

/// Brings what is missing, once, beside the release programs. Compiling one takes minutes, so this comes before anything is
/// measured; what cannot be brought is named where it is missed.
pub(crate) fn bring() {
    for tool in [sqlx, dbmate, node_pg_migrate] {
        let _ = tool();
    }
}

/// The installed one, else one that cargo compiles.
pub(super) fn sqlx() -> Result<PathBuf, String> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).map(|folder| folder.join("sqlx")).find(|path| path.is_file());
    found.map_or_else(|| brought("sqlx-cli", "bin/sqlx", "cargo", cargo_install), Ok)
}

pub(super) fn dbmate() -> Result<PathBuf, String> {
    brought("dbmate", "node_modules/.bin/dbmate", "npm", |folder| npm_install(folder, &["dbmate"])).map(native)
}

pub(super) fn node_pg_migrate() -> Result<PathBuf, String> {
    let install = |folder: &Path| npm_install(folder, &["node-pg-migrate", "pg"]);
    brought("node-pg-migrate", "node_modules/.bin/node-pg-migrate", "npm", install)
}

/// A tool in a folder of its own, installed there if it is not yet.
fn brought(package: &str, program: &str, manager: &str, install: impl Fn(&Path) -> Command) -> Result<PathBuf, String> {
    let missing = |why: &str| format!("{package} is missing: {why}; `{manager} install {package}` brings it");
    let folder = target_folder().map_err(|error| missing(&error.to_string()))?.join("bench-peers").join(package);
    let program = folder.join(program);
    if program.exists() {
        return Ok(program);
    }
    fs::create_dir_all(&folder).map_err(|error| missing(&error.to_string()))?;
    match install(&folder).current_dir(&folder).stdout(Stdio::null()).stderr(Stdio::null()).status() {
        Ok(status) if status.success() && program.exists() => Ok(program),
        Ok(_) => Err(missing(&format!("{manager} could not install it"))),
        Err(_) => Err(missing(&format!("{manager} is not installed"))),
    }
}

fn cargo_install(folder: &Path) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["install", "--locked", "sqlx-cli", "--no-default-features", "--features", "postgres", "--root"]);
    cargo.arg(folder);
    cargo
}

fn npm_install(folder: &Path, packages: &[&str]) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(folder).args(packages);
    npm
}

/// dbmate comes as a program for this system behind a script; starting node is not its work.
fn native(program: PathBuf) -> PathBuf {
    let packages = program.ancestors().nth(2).map(|folder| folder.join("@dbmate"));
    let entries = packages.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    entries.map(|entry| entry.path().join("bin/dbmate")).find(|path| path.is_file()).unwrap_or(program)
}
