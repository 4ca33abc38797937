//! `cargo xtask up`.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use crate::command::Machine;

/// Three ports that are free now.
fn ports(machine: &mut Machine) -> Vec<u16> {
    let listeners: Vec<_> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
    let ports: Vec<u16> = listeners.iter().map(|one| one.local_addr().expect("its address").port()).collect();
    for (name, port) in ["ATRIZ_PORT", "MEXTRACK_PORT", "PSHOP_PORT"].into_iter().zip(&ports) {
        machine.set(name, &port.to_string());
    }
    ports
}

fn terminate(child: &Child) {
    let status = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
}

fn answers(engine: &str) {
    let Some(mut machine) = Machine::of(engine) else { return };
    ports(&mut machine);
    let first = machine.works(&["up", "--check"]);
    assert!(first.contains("Lisbon"), "{first}");
    let second = machine.xtask(&["up", "--check"]);
    assert_eq!(second.code, 0, "{}", second.stderr);
    assert!(second.stderr.contains("nothing changed"), "{}", second.stderr);
}

#[test]
fn up_prepares_serves_and_changes_nothing_the_second_time_on_sqlite() {
    answers("sqlite");
}

#[test]
fn up_prepares_serves_and_changes_nothing_the_second_time_on_postgres() {
    answers("postgres");
}

#[test]
fn up_serves_until_it_is_told_to_stop() {
    let mut machine = Machine::sqlite();
    let ports = ports(&mut machine);
    let mut child = machine.start(&["up"]);
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let welcome = lines.by_ref().map(|line| line.expect("a line")).take_while(|line| !line.starts_with("Ctrl-C"));
    let welcome = welcome.collect::<Vec<_>>().join("\n");
    for port in &ports {
        assert!(welcome.contains(&format!("127.0.0.1:{port}")), "{welcome}");
    }
    assert!(welcome.contains("admin@example.com") && welcome.contains("demo password"), "{welcome}");
    let taken = machine.fails(&["up"]);
    assert!(taken.contains("already in use") && taken.contains("hint:"), "{taken}");
    let asked = Instant::now();
    terminate(&child);
    let status = child.wait().expect("it ends");
    assert!(status.success(), "{status}");
    assert!(asked.elapsed() < Duration::from_secs(10), "it took {:?} to stop", asked.elapsed());
}

#[test]
fn up_serves_the_apps_that_are_named() {
    let mut machine = Machine::sqlite();
    let ports = ports(&mut machine);
    let unknown = machine.fails(&["up", "nowhere"]);
    assert!(unknown.contains("`nowhere`") && unknown.contains("atriz, mextrack, pshop"), "{unknown}");
    let mut child = machine.start(&["up", "pshop"]);
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let welcome = lines.by_ref().map(|line| line.expect("a line")).take_while(|line| !line.starts_with("Ctrl-C"));
    let welcome = welcome.collect::<Vec<_>>().join("\n");
    let [atriz, mextrack, pshop] = ports[..] else { panic!("there are three ports: {ports:?}") };
    assert!(welcome.contains(&format!("127.0.0.1:{pshop}")), "{welcome}");
    for other in [atriz, mextrack] {
        assert!(!welcome.contains(&format!("127.0.0.1:{other}")), "{welcome}");
    }
    terminate(&child);
    assert!(child.wait().expect("it ends").success());
}

#[test]
fn up_is_not_for_production() {
    let mut machine = Machine::sqlite();
    machine.set("APP_ENV", "production");
    insta::assert_snapshot!(machine.fails(&["up"]));
}
