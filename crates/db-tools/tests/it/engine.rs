//! The way through a container engine, with a script that plays the engine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use atriz_db_tools::cluster::{Cluster, Options, Search};

use super::support::{ask, assert_gone, home, names, open_folder};

/// Plays `docker`: "runs" until it is told to remove, and publishes the port of a server that is there already.
fn fake_engine(folder: &Path, port: u16) {
    let file = folder.join("docker");
    let text = format!(
        r#"#!/bin/sh
cd {folder}
case $1 in
ps) exit 0 ;;
port) echo 127.0.0.1:{port} ;;
run) echo "$@" >ran; echo $$ >running; exec sleep 600 ;;
rm) echo "$@" >removed; kill "$(cat running)" ;;
esac
"#,
        folder = folder.display()
    );
    fs::write(&file, text).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn a_container_is_run_asked_for_its_port_and_removed() {
    let folder = open_folder();
    let real = Cluster::start(Options { tcp: true, ..Options::default() }).unwrap();
    fake_engine(folder.path(), real.port());
    let search = Search { path: vec![folder.path().to_owned()], folders: Vec::new() };
    let directory = Some(folder.path().to_owned());
    let cluster = Cluster::start(Options { search, directory, ..Options::default() }).unwrap();
    assert_eq!(cluster.server(), "docker image docker.io/library/postgres:17");
    assert_eq!(cluster.socket_dir(), None);
    assert_eq!(ask(&cluster.url("postgres"), "SELECT '1'").await, "1");

    let home = home(&folder);
    let slot = names(&home, &std::process::id().to_string()).pop().unwrap();
    let ran = fs::read_to_string(folder.path().join("ran")).unwrap();
    assert!(ran.starts_with(&format!("run --rm --name atriz-pg-{slot} ")), "{ran}");
    drop(cluster);
    let removed = fs::read_to_string(folder.path().join("removed")).unwrap();
    assert_eq!(removed, format!("rm --force --volumes atriz-pg-{slot}\n"));
    assert_gone(&home.join(slot));
}
