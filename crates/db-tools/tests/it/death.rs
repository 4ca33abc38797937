//! However the process ends, the server and its folder end with it.

use std::fs;
use std::time::{Duration, Instant};

use atriz_db_tools::cluster::Cluster;
use rustix::process::Pid;

use super::child::Role;
use super::support::{apart, ask, assert_gone, kill, open_folder, processes};

#[test]
fn dropping_ends_the_server_before_it_returns() {
    let folder = open_folder();
    let cluster = Cluster::start(apart(&folder)).unwrap();
    let slot = cluster.socket_dir().unwrap().to_owned();
    assert!(!processes(slot.to_str().unwrap()).is_empty());
    drop(cluster);
    assert!(!slot.exists());
    assert_gone(&slot);
}

#[test]
fn a_killed_process_leaves_nothing() {
    let child = Role::Hold.run(None);
    let slot = child.folder();
    assert!(slot.exists());
    child.kill();
    assert_gone(&slot);
}

#[test]
fn an_exit_without_drop_leaves_nothing() {
    let child = Role::Exit.run(None);
    let slot = child.folder();
    child.end();
    assert_gone(&slot);
}

#[test]
fn a_server_killed_under_a_living_process_leaves_nothing() {
    let folder = open_folder();
    let cluster = Cluster::start(apart(&folder)).unwrap();
    let slot = cluster.socket_dir().unwrap().to_owned();
    let file = fs::read_to_string(slot.join("data/postmaster.pid")).unwrap();
    let server = file.lines().next().unwrap().parse().unwrap();
    kill(Pid::from_raw(server).unwrap());
    assert_gone(&slot);
    drop(cluster);
}

#[tokio::test]
async fn the_next_start_sweeps_what_a_dead_watchdog_left_and_spares_the_living() {
    let folder = open_folder();
    let dead = Role::Hold.run(Some(folder.path()));
    let living = Cluster::start(apart(&folder)).unwrap();
    let slot = dead.folder();
    // The watchdog has a lower number than the server it starts: it goes first, and cannot tidy up.
    for process in processes(slot.to_str().unwrap()) {
        kill(process);
    }
    dead.kill();
    assert!(slot.exists());
    let start = Instant::now();
    while slot.exists() {
        // The server's own children notice within moments that it is dead, and hold the lock until then.
        assert!(start.elapsed() < Duration::from_secs(5), "{} is left", slot.display());
        drop(Cluster::start(apart(&folder)).unwrap());
    }
    assert_eq!(ask(&living.url("postgres"), "SELECT '1'").await, "1");
}
