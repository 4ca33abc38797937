//! Programs that cargo builds for one area alone: the harness of tests and criterion belong to nothing that ships.

use std::process::{Command, Stdio};

use crate::machine::{BenchError, workspace};

/// A benchmark of this package, and what it needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Built(&'static [&'static str]);

/// Makes the databases of a test.
pub(crate) const TESTDB: Built = Built(&["--bench", "testdb"]);
/// Criterion's.
pub(crate) const MICRO: Built = Built(&["--features", "micro", "--bench", "micro"]);

impl Built {
    /// Builds it where it is not built, so that no time of an area is the compiler's.
    pub(crate) fn build(self) -> Result<(), BenchError> {
        let status = self.cargo().arg("--no-run").stdin(Stdio::null()).stdout(Stdio::null()).status();
        let status = status.map_err(|source| BenchError::Start { program: "cargo".to_owned(), source })?;
        if status.success() {
            Ok(())
        } else {
            Err(BenchError::Odd(format!("cargo bench --no-run ended with {status}")))
        }
    }

    /// Runs it with `arguments`.
    pub(crate) fn run(self, arguments: &[&str]) -> Command {
        let mut cargo = self.cargo();
        cargo.arg("--").args(arguments);
        cargo
    }

    fn cargo(self) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["bench", "--quiet", "--package", "atriz-bench"]).args(self.0).current_dir(workspace());
        cargo
    }
}
