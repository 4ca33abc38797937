//! schemathesis, in a folder of its own below `target`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::Failure;
use crate::output;

/// What is installed. A newer one may know more checks, and so find more: it is raised on purpose.
const PACKAGE: &str = "schemathesis==4.32.5";

/// The checks that say something of these apps. Those left out ask for what is decided otherwise here: a method that
/// is not there is a 405 without `Allow` in places, and what is accepted beyond the schema is told by tests of ours.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,\
    response_headers_conformance,negative_data_rejection,use_after_free,ensure_resource_availability,ignored_auth";

/// What it is told besides, in words.
const SETTINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/routes/schemathesis.toml");

/// An installed schemathesis.
pub(super) struct Tool(PathBuf);

impl Tool {
    /// Installs it, unless it is there.
    pub(super) fn install() -> Result<Self, Failure> {
        let version = PACKAGE.rsplit('=').next().unwrap_or_default();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target").join(format!("schemathesis-{version}"));
        let program = folder.join("bin/schemathesis");
        if !program.exists() {
            output::say(&format!("installing {PACKAGE}"));
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
            run(Command::new(folder.join("bin/pip")).args(["install", "--quiet", PACKAGE]))?;
        }
        Ok(Self(program))
    }

    /// A run over the document at `url`, the same each time.
    pub(super) fn command(&self, url: &str, examples: u32) -> Command {
        let mut command = Command::new(&self.0);
        command.args(["--config-file", SETTINGS, "run", url, "--checks", CHECKS]);
        command.args(["--max-examples", &examples.to_string(), "--seed", "2026"]);
        command.args(["--generation-deterministic", "--no-color", "--request-timeout", "10"]);
        // It keeps its own notes where it runs.
        command.current_dir(self.0.parent().unwrap_or(Path::new("."))).stdin(Stdio::null());
        command
    }
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let hint = "it takes python3 with venv and pip, and a way to a package registry";
    let failed = |why: String| Failure::user(format!("schemathesis cannot be installed: {why}"), hint);
    let done = command.output().map_err(|error| failed(error.to_string()))?;
    if done.status.success() {
        return Ok(());
    }
    Err(failed(String::from_utf8_lossy(&done.stderr).trim().to_owned()))
}
