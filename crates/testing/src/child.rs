//! Child processes with an environment of nothing but what the test says.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use atriz_db::Engine;

/// The variable that tells a test binary that it is the child of one of its own tests.
const ERRAND: &str = "ATRIZ_TEST_ERRAND";

/// A program to run with a clean environment.
#[derive(Debug)]
pub struct Child {
    command: Command,
}

impl Child {
    /// `program` with an environment that holds nothing but the search path for programs and the folder for temporary
    /// files.
    pub fn program(program: impl AsRef<Path>) -> Self {
        let mut command = Command::new(program.as_ref());
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["PATH", "TMPDIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        Self { command }
    }

    /// This test binary again, running its test `test` alone with `errand`, which [`given`] reads there.
    ///
    /// # Panics
    ///
    /// If the running program has no path.
    pub fn of_test(test: &str, errand: &str) -> Self {
        let mut child = Self::program(std::env::current_exe().expect("a running program has a path"));
        child.command.args([test, "--exact", "--nocapture"]).env(ERRAND, errand);
        child
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Sets a variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in this folder.
    #[must_use]
    pub fn current_dir(mut self, folder: impl AsRef<Path>) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Lets the test write to its standard input, which is empty otherwise.
    #[must_use]
    pub fn stdin(mut self) -> Self {
        self.command.stdin(Stdio::piped());
        self
    }

    /// The same of a test of [`crate::both_engines`], `test` without the engine's name; on PostgreSQL with this process's server.
    ///
    /// # Panics
    ///
    /// If the running program has no path.
    pub fn of_test_on(engine: Engine, test: &str, errand: &str) -> Self {
        match engine {
            Engine::Sqlite => Self::of_test(&format!("{test}::sqlite"), errand),
            Engine::Postgres => Self::of_test(&format!("{test}::postgres"), errand).with_server(),
        }
    }

    /// Lets it use this process's PostgreSQL, if there is one.
    #[must_use]
    pub fn with_server(self) -> Self {
        let url = crate::server::url();
        self.env("TEST_POSTGRES_URL", url)
    }

    /// Starts it.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn spawn(mut self) -> std::process::Child {
        self.command.spawn().unwrap_or_else(|error| panic!("{:?}: {error}", self.command))
    }

    /// Runs it to its end.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn run(mut self) -> Output {
        self.command.output().unwrap_or_else(|error| panic!("{:?}: {error}", self.command))
    }

    /// Runs it to its good end: what it wrote to standard output and to standard error.
    ///
    /// # Panics
    ///
    /// If it cannot be started, or fails.
    pub fn told(self) -> (String, String) {
        let output = tokio::task::block_in_place(|| self.run());
        let [out, log] = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        assert!(output.status.success(), "{out}\n{log}");
        (out, log)
    }
}

/// What the parent asks of this process, if it is the child of a test.
pub fn given() -> Option<String> {
    std::env::var_os(ERRAND).and_then(|errand| errand.into_string().ok())
}
