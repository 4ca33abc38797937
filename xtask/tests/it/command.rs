//! Runs the real program with an environment of its own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use atriz_db_tools::cluster::{Cluster, Options};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tempfile::TempDir;

/// A user's machine: a folder for data, variables, and perhaps a PostgreSQL server of its own.
pub(crate) struct Machine {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    server: Option<Cluster>,
}

/// What a command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Machine {
    /// With nothing but SQLite.
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder for data");
        let data = folder.path().join("data").display().to_string();
        Self { folder, variables: BTreeMap::from([("DATA_DIR".to_owned(), data)]), server: None }
    }

    /// With a PostgreSQL server that nobody else uses, and `PGHOST`, `PGPORT` and `PGUSER`.
    pub(crate) fn postgres() -> Self {
        let server = Cluster::start(Options::default()).expect("a throwaway PostgreSQL");
        let host = match server.socket_dir() {
            Some(folder) => folder.display().to_string(),
            None => "127.0.0.1".to_owned(),
        };
        let mut machine = Self::sqlite();
        machine.set("PGHOST", &host);
        machine.set("PGPORT", &server.port().to_string());
        machine.set("PGUSER", "postgres");
        machine.server = Some(server);
        machine
    }

    /// The machine of an engine, unless the run is for the other one; then it says so.
    pub(crate) fn of(engine: &str) -> Option<Self> {
        if let Some(only) = std::env::var_os("TEST_ENGINE").filter(|only| only != engine) {
            println!("not run: this run is for {} alone", only.display());
            return None;
        }
        Some(if engine == "postgres" { Self::postgres() } else { Self::sqlite() })
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Where SQLite files stand.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).env_clear().envs(&self.variables).stdin(Stdio::null());
        for name in ["PATH", "HOME"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
        command.current_dir(workspace());
        command
    }

    /// Runs `cargo xtask` with these arguments, without cargo.
    pub(crate) fn xtask(&self, arguments: &[&str]) -> Answer {
        self.answer(self.command(Path::new(env!("CARGO_BIN_EXE_xtask")), arguments))
    }

    /// Starts `cargo xtask` with these arguments.
    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_xtask")), arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("xtask starts")
    }

    /// Starts the program of one app, which stands beside `xtask` where the whole workspace is tested. It writes nowhere
    /// but into `log`.
    pub(crate) fn start_app(&self, program: &str, port: u16, log: &Path) -> Child {
        let path = Path::new(env!("CARGO_BIN_EXE_xtask")).with_file_name(program);
        assert!(path.exists(), "{program} is not built; `cargo xtask test` builds all of them");
        let log = std::fs::File::create(log).expect("a file for the log");
        let mut command = self.command(&path, &[]);
        command.env("PORT", port.to_string()).env("LOG_FILTER", "warn");
        command.stdout(log.try_clone().expect("the file twice")).stderr(log).spawn().expect("the app starts")
    }

    /// Runs it and demands success.
    pub(crate) fn works(&self, arguments: &[&str]) -> String {
        let answer = self.xtask(arguments);
        assert_eq!(answer.code, 0, "`xtask {}` failed:\n{}{}", arguments.join(" "), answer.stdout, answer.stderr);
        answer.stdout
    }

    /// Runs it, demands exit code 1 and nothing on standard output, and answers what it says.
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let answer = self.xtask(arguments);
        assert_eq!(answer.code, 1, "`xtask {}`:\n{}{}", arguments.join(" "), answer.stdout, answer.stderr);
        answer.stderr
    }

    /// A file or folder of this machine's own.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The URL of a database, with a password where it is on a server, or the path of its file.
    pub(crate) fn url(&self, database: &str) -> String {
        match self.server.as_ref().map(|server| (server.socket_dir(), server.port())) {
            Some((Some(folder), port)) => {
                format!("postgres://postgres:secret@localhost/{database}?host={}&port={port}", folder.display())
            }
            Some((None, port)) => format!("postgres://postgres:secret@127.0.0.1:{port}/{database}"),
            None => self.data().join(format!("{database}.db")).display().to_string(),
        }
    }

    /// Runs it in a folder of this machine's own, with this on standard input.
    pub(crate) fn xtask_in(&self, folder: &Path, input: &str, arguments: &[&str]) -> Answer {
        let file = self.path("input");
        std::fs::write(&file, input).expect("the input is written");
        let mut command = self.command(Path::new(env!("CARGO_BIN_EXE_xtask")), arguments);
        command.current_dir(folder).stdin(std::fs::File::open(file).expect("the input opens"));
        self.answer(command)
    }

    /// Runs it, demands exit code 1, and answers what it says beside its report.
    pub(crate) fn fails_reporting(&self, arguments: &[&str]) -> String {
        let answer = self.xtask(arguments);
        assert_eq!(answer.code, 1, "`xtask {}`:\n{}{}", arguments.join(" "), answer.stdout, answer.stderr);
        answer.stderr
    }

    fn answer(&self, mut command: Command) -> Answer {
        let output = command.output().expect("the program starts");
        let text = |bytes: &[u8]| self.filter(&String::from_utf8_lossy(bytes));
        Answer {
            code: output.status.code().expect("it was not killed"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// Replaces what differs from machine to machine.
    fn filter(&self, text: &str) -> String {
        let mut text = text.replace(&self.folder.path().display().to_string(), "[DIR]");
        if let Some((server, socket)) = self.server.as_ref().and_then(|server| Some((server, server.socket_dir()?))) {
            let file = socket.join(format!(".s.PGSQL.{}", server.port()));
            text = text.replace(&file.display().to_string(), "[SERVER]");
            text = text.replace(&socket.display().to_string(), "[SERVER]");
        }
        text
    }

    /// What a query of one value answers, asked of the database itself and not of the toolkit.
    pub(crate) fn query(&self, database: &str, sql: &str) -> String {
        match &self.server {
            Some(server) => self.query_postgres(server, database, sql),
            None => query_sqlite(&self.data().join(format!("{database}.db")), sql),
        }
    }

    /// Runs statements as another program would; a SQLite file is made where there is none.
    pub(crate) fn run(&self, database: &str, sql: &str) {
        if let Some(server) = &self.server {
            self.query_postgres(server, database, sql);
            return;
        }
        std::fs::create_dir_all(self.data()).expect("a folder for data");
        let file = self.data().join(format!("{database}.db"));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let connection = sea_orm::Database::connect(format!("sqlite:{}?mode=rwc", file.display())).await;
            let connection = connection.expect("the file opens");
            connection.execute_unprepared(sql).await.expect("the statements run");
            connection.close().await.expect("the file closes");
        });
    }

    fn query_postgres(&self, server: &Cluster, database: &str, sql: &str) -> String {
        let psql = server.programs().map_or_else(|| "psql".into(), |folder| folder.join("psql"));
        let mut command = self.command(&psql, &["-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql]);
        let output = command.output().expect("psql starts");
        assert!(output.status.success(), "{sql}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

fn query_sqlite(file: &Path, sql: &str) -> String {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let connection = sea_orm::Database::connect(format!("sqlite:{}?mode=ro", file.display())).await;
        let connection = connection.expect("the file opens");
        let sql = format!("SELECT CAST(({sql}) AS TEXT) AS value");
        let row = connection.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await;
        row.expect("the query runs").expect("a row").try_get("", "value").expect("a text")
    })
}

/// The root of the workspace.
pub(crate) fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask stands in the workspace")
}
