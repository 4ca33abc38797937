//! The walk in docs/sign-in.md, run as it is written there.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command};

use crate::command::Machine;

/// Ends `cargo xtask up` when a test fails, too.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}

/// The shell commands of the page, and the statuses that its comments promise.
fn walk() -> (String, Vec<String>) {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/sign-in.md")).expect("the page");
    let blocks = page.split("```sh\n").skip(1).filter_map(|rest| rest.split_once("```"));
    let script: String = blocks.map(|(block, _)| block).collect();
    let comments = script.lines().filter_map(|line| line.rsplit_once("  # "));
    let promised = comments.flat_map(|(_, codes)| codes.split(' ').map(str::to_owned).collect::<Vec<_>>()).collect();
    (script, promised)
}

fn runs(engine: &str) {
    let Some(mut machine) = Machine::of(engine) else { return };
    let listeners: Vec<_> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
    let ports: Vec<u16> = listeners.iter().map(|one| one.local_addr().expect("its address").port()).collect();
    for (name, port) in ["ATRIZ_PORT", "MEXTRACK_PORT", "PSHOP_PORT"].into_iter().zip(&ports) {
        machine.set(name, &port.to_string());
    }
    drop(listeners);
    let mut child = machine.start(&["up"]);
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let _running = Running(child);
    let told = lines.by_ref().map_while(Result::ok).any(|line| line.starts_with("Ctrl-C"));
    assert!(told, "`up` does not serve");
    let (script, promised) = walk();
    let mut shell = Command::new("bash");
    shell.args(["-euo", "pipefail", "-c", &script]).env("DATA_DIR", machine.data());
    for (name, port) in ["ATRIZ", "MEXTRACK", "PSHOP"].into_iter().zip(&ports) {
        shell.env(name, format!("http://127.0.0.1:{port}"));
    }
    let done = shell.output().expect("bash runs");
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let found: Vec<_> = out.lines().map(str::to_owned).collect();
    assert_eq!(found, promised, "{err}");
    assert!(done.status.success(), "{err}");
}

#[test]
fn the_walk_works_as_written_on_sqlite() {
    runs("sqlite");
}

#[test]
fn the_walk_works_as_written_on_postgres() {
    runs("postgres");
}
