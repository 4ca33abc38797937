//! Without a server the tests fail, and say how to get one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use atriz_db_tools::cluster::{Cluster, ClusterError, Options, Search};

use super::support::open_folder;

/// A program that prints this text and ends so.
fn fake(folder: &Path, name: &str, text: &str, code: i32) {
    let file = folder.join(name);
    fs::write(&file, format!("#!/bin/sh\necho '{text}'\nexit {code}\n")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
}

fn message(search: Search) -> String {
    let error = Cluster::start(Options { search, ..Options::default() }).unwrap_err();
    assert!(matches!(error, ClusterError::NotFound { .. }), "{error}");
    let message = error.to_string();
    assert!(!message.contains('\n') && message.ends_with(", or set TEST_POSTGRES_URL"), "{message}");
    message
}

#[test]
fn nothing_at_all() {
    let message = message(Search::default());
    let expected = "no PostgreSQL 15 or newer to test against: its server programs are not installed, \
                    neither docker nor podman is installed; install";
    assert!(message.starts_with(expected), "{message}");
}

#[test]
fn a_server_too_old_and_an_engine_that_is_off() {
    let folder = open_folder();
    fake(folder.path(), "postgres", "postgres (PostgreSQL) 14.9", 0);
    fake(folder.path(), "initdb", "", 0);
    fake(folder.path(), "docker", "", 1);
    let search = Search { path: vec![folder.path().to_owned()], folders: vec![folder.path().to_owned()] };
    let expected =
        format!("14.9 in {} is too old, docker is installed but its engine does not answer; ", folder.path().display());
    let message = message(search);
    assert!(message.contains(&expected), "{message}");
}

#[test]
fn a_server_that_does_not_run() {
    let folder = open_folder();
    fake(folder.path(), "postgres", "", 1);
    fake(folder.path(), "initdb", "", 0);
    let message = message(Search { path: Vec::new(), folders: vec![folder.path().to_owned()] });
    assert!(message.contains("does not run as user"), "{message}");
}

#[test]
fn the_newest_of_the_usual_folders_wins_and_a_broken_initdb_is_named() {
    let folder = open_folder();
    let folders: Vec<_> = ["15.1", "16.12", "16.2"]
        .map(|version| {
            let bin = folder.path().join(version);
            fs::create_dir(&bin).unwrap();
            fs::set_permissions(&bin, fs::Permissions::from_mode(0o755)).unwrap();
            fake(&bin, "postgres", &format!("postgres (PostgreSQL) {version}"), 0);
            fake(&bin, "initdb", "", 1);
            bin
        })
        .into();
    let search = Search { path: Vec::new(), folders };
    let directory = Some(folder.path().to_owned());
    let error = Cluster::start(Options { search, directory, ..Options::default() }).unwrap_err();
    let program = folder.path().join("16.12/initdb");
    let expected = format!("{}: no data folder made: it wrote nothing; ", program.display());
    assert!(error.to_string().starts_with(&expected), "{error}");
}
