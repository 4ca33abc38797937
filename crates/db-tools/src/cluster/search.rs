//! Finds a server: installed programs, else a container engine, else advice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::account::Account;
use super::container::{self, Engine};
use super::environment;
use super::error::ClusterError;

/// The oldest major version that the SQL of this workspace is written for.
const OLDEST: u32 = 15;

/// Where packages put the server's programs: a parent folder, how the version's folder starts, and what follows it.
const USUAL: [(&str, &str, &str); 9] = [
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr", "pgsql-", "bin"),
    ("/usr/lib", "postgresql", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/opt/homebrew/opt", "postgresql", "bin"),
    ("/usr/local/opt", "postgresql", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ("/usr/local", "pgsql", "bin"),
];

/// How to install a server, by the program that does it.
const ADVICE: [(&str, &str); 4] = [
    ("apt-get", "install one with `sudo apt-get install postgresql`"),
    ("dnf", "install one with `sudo dnf install postgresql-server`"),
    ("brew", "install one with `brew install postgresql@17`"),
    ("apk", "install one with `apk add postgresql17`"),
];

/// Where to look for programs. Tests replace it to play a system that lacks them.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Folders of commands, in order: `postgres`, `pg_config`, `docker` and `podman` are looked up here.
    pub path: Vec<PathBuf>,
    /// Further folders that may hold a server's programs; the newest version wins.
    pub folders: Vec<PathBuf>,
}

/// What a search ends with.
pub(crate) enum Found {
    Installed(Installed),
    Container(Engine),
}

/// The programs of an installed server.
#[derive(Clone, Debug)]
pub(crate) struct Installed {
    pub(crate) bin: PathBuf,
    pub(crate) version: Version,
}

/// A server's version, ordered by age: `(major, minor)`.
pub(crate) type Version = (u32, u32);

impl Search {
    /// PATH and the folders that the usual packages install to.
    pub fn system() -> Self {
        let path = environment::read("PATH").unwrap_or_default();
        Self { path: std::env::split_paths(&path).collect(), folders: USUAL.iter().flat_map(expand).collect() }
    }

    /// The first of: a server on the PATH, the one `pg_config` names, the newest in the other folders, a container.
    pub(crate) fn find(&self, account: Account) -> Result<Found, ClusterError> {
        let mut rejected = Vec::new();
        let mut usable = |folder: &Path| match inspect(folder, account) {
            Ok(installed) => installed,
            Err(reason) => {
                rejected.push(reason);
                None
            }
        };
        let on_path = self.path.iter().find_map(|folder| usable(folder));
        let configured = on_path.or_else(|| self.configured().and_then(|folder| usable(&folder)));
        let newest =
            || self.folders.iter().filter_map(|folder| usable(folder)).max_by_key(|installed| installed.version);
        if let Some(installed) = configured.or_else(newest) {
            return Ok(Found::Installed(installed));
        }
        let mut engines = Vec::new();
        match container::find(self, &mut engines) {
            Some(engine) => Ok(Found::Container(engine)),
            None => Err(self.nothing(rejected, engines)),
        }
    }

    /// A program on the PATH.
    pub(crate) fn program(&self, name: &str) -> Option<PathBuf> {
        self.path.iter().map(|folder| folder.join(name)).find(|file| file.is_file())
    }

    fn configured(&self) -> Option<PathBuf> {
        let output = Command::new(self.program("pg_config")?).arg("--bindir").stdin(Stdio::null()).output().ok()?;
        Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
    }

    fn nothing(&self, mut rejected: Vec<String>, mut engines: Vec<String>) -> ClusterError {
        if rejected.is_empty() {
            rejected.push("its server programs are not installed".to_owned());
        }
        if engines.is_empty() {
            engines.push("neither docker nor podman is installed".to_owned());
        }
        rejected.sort();
        rejected.dedup();
        rejected.append(&mut engines);
        let package_folders = ["/usr/bin", "/sbin", "/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from);
        let folders: Vec<_> = self.path.iter().cloned().chain(package_folders).collect();
        ClusterError::NotFound { reason: rejected.join(", "), advice: advice(&folders).to_owned() }
    }
}

/// The folders of all versions that stand under one of the usual places.
fn expand(&(parent, prefix, suffix): &(&str, &str, &str)) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let versions = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
    versions.map(|entry| entry.path().join(suffix)).collect()
}

/// A folder's server if it holds one that is new enough, nothing if it holds none, else what is wrong with it.
fn inspect(folder: &Path, account: Account) -> Result<Option<Installed>, String> {
    let Ok(real) = folder.join("postgres").canonicalize() else { return Ok(None) };
    // A link on the PATH often stands alone; the programs that belong to the server are where it leads.
    let folders = [real.parent().unwrap_or(folder), folder];
    let Some(bin) = folders.into_iter().find(|bin| bin.join("postgres").is_file() && bin.join("initdb").is_file())
    else {
        return Ok(None);
    };
    let mut command = Command::new(bin.join("postgres"));
    command.arg("--version").env_clear().current_dir("/").stdin(Stdio::null());
    // Run as the server's user, who may not reach programs in somebody's home.
    let output = account.run(&mut command).output().ok().filter(|output| output.status.success());
    let version = output.and_then(|output| parse_version(&String::from_utf8_lossy(&output.stdout)));
    match version {
        Some(version) if version.0 >= OLDEST => Ok(Some(Installed { bin: bin.to_owned(), version })),
        Some((major, minor)) => Err(format!("{major}.{minor} in {} is too old", bin.display())),
        None => Err(format!("postgres in {} does not run as user {}", bin.display(), account.uid)),
    }
}

/// Reads `postgres (PostgreSQL) 17.2 (Homebrew)`; a version in the making such as `18beta1` counts as `18.0`.
fn parse_version(output: &str) -> Option<Version> {
    let text = output.split("(PostgreSQL)").nth(1)?.trim_start();
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    let major = digits(text);
    let minor = text[major.len()..].strip_prefix('.').map(digits).and_then(|minor| minor.parse().ok());
    Some((major.parse().ok()?, minor.unwrap_or(0)))
}

fn advice(folders: &[PathBuf]) -> &'static str {
    let here = |program: &str| folders.iter().any(|folder| folder.join(program).is_file());
    ADVICE.iter().find(|(program, _)| here(program)).map_or("install PostgreSQL or docker", |(_, advice)| advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some((15, 18)));
        assert_eq!(parse_version("postgres (PostgreSQL) 17.2 (Homebrew)"), Some((17, 2)));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1"), Some((18, 0)));
        assert_eq!(parse_version("something else"), None);
        assert!((15, 18) < (16, 1) && (16, 9) < (16, 10));
    }

    #[test]
    fn advice_names_the_package_manager_that_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let folders = [folder.path().to_owned()];
        assert_eq!(advice(&folders), "install PostgreSQL or docker");
        for (program, expected) in ADVICE {
            let file = folder.path().join(program);
            fs::write(&file, "").unwrap();
            assert_eq!(advice(&folders), expected);
            fs::remove_file(file).unwrap();
        }
    }
}
