//! A process of its own that starts a cluster: this test program once more, told by a variable what to do.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use atriz_db_tools::cluster::{Cluster, Options, test_server_url};

use super::support::ask;

const ROLE: &str = "ATRIZ_TEST_ROLE";
const DIRECTORY: &str = "ATRIZ_TEST_DIRECTORY";
const REPORT: &str = "report: ";

/// What a child does.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// Starts a cluster and holds it until standard input ends, then drops it.
    Hold,
    /// Starts the shared cluster and exits without dropping it.
    Exit,
    /// Reports the server that tests use, and exits.
    Url,
}

/// A child that has reported.
pub(crate) struct Reporter {
    pub(crate) child: Child,
    pub(crate) report: String,
    input: Option<ChildStdin>,
    // Kept open: a child that cannot print its last words would fail.
    _output: BufReader<ChildStdout>,
}

impl Role {
    /// The command of a child with this role, working in the folder if there is one.
    pub(crate) fn command(self, program: &Path, directory: Option<&Path>) -> Command {
        let role = match self {
            Self::Hold => "hold",
            Self::Exit => "exit",
            Self::Url => "url",
        };
        let mut command = Command::new(program);
        command.args(["--exact", "child::the_part_of_a_child", "--nocapture", "--test-threads=1"]);
        command.env(ROLE, role).env_remove("TEST_POSTGRES_URL").current_dir("/");
        if let Some(directory) = directory {
            command.env(DIRECTORY, directory);
        }
        command
    }

    /// Runs this test program as a child.
    pub(crate) fn run(self, directory: Option<&Path>) -> Reporter {
        Reporter::spawn(&mut self.command(&std::env::current_exe().unwrap(), directory))
    }
}

impl Reporter {
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = output.by_ref().lines().map(Result::unwrap);
        let report = lines.find_map(|line| Some(line.split_once(REPORT)?.1.to_owned()));
        let report = report.unwrap_or_else(|| {
            let mut complaint = String::new();
            child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
            panic!("the child reported nothing: {complaint}")
        });
        Self { child, report, input, _output: output }
    }

    /// The folder of the child's cluster.
    pub(crate) fn folder(&self) -> PathBuf {
        PathBuf::from(&self.report)
    }

    /// Lets the child end in good order.
    pub(crate) fn end(mut self) {
        drop(self.input.take());
        assert!(self.child.wait().unwrap().success());
    }

    /// Kills the child without a chance to tidy up.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// In the run that `cargo test` starts, this has nothing to do.
#[test]
fn the_part_of_a_child() {
    let Some(role) = std::env::var_os(ROLE) else { return };
    match role.to_str().unwrap() {
        "hold" => hold(),
        "exit" => {
            let cluster = Cluster::shared().unwrap();
            report(cluster);
            std::process::exit(0);
        }
        _ => println!("\n{REPORT}{}", test_server_url().unwrap()),
    }
}

fn hold() {
    let directory = std::env::var_os(DIRECTORY).map(PathBuf::from);
    let cluster = Cluster::start(Options { directory, ..Options::default() }).unwrap();
    report(&cluster);
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

/// A child reports only a server that answers.
fn report(cluster: &Cluster) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let answer = runtime.block_on(ask(&cluster.url("postgres"), "SELECT '1'"));
    assert_eq!(answer, "1");
    println!("\n{REPORT}{}", cluster.socket_dir().unwrap().display());
}
