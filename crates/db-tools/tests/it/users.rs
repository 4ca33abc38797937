//! Root and ordinary users, one after the other and many at once.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;

use rustix::process::geteuid;

use super::child::{Reporter, Role};
use super::support::{assert_gone, home, names, open_folder};

const NOBODY: u32 = 65534;

#[test]
fn eight_processes_start_at_once_with_a_cold_cache() {
    let folder = open_folder();
    let path = folder.path();
    let children = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(move || Role::Hold.run(Some(path)))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    let mut slots: Vec<_> = children.iter().map(Reporter::folder).collect();
    slots.sort();
    slots.dedup();
    assert_eq!(slots.len(), 8);
    assert_eq!(names(&home(&folder), "template-").len(), 1);
    assert_eq!(names(&home(&folder), "unfinished-"), [""; 0]);
    for child in children {
        child.kill();
    }
    for slot in slots {
        assert_gone(&slot);
    }
}

#[test]
fn the_server_never_runs_as_root() {
    let child = Role::Hold.run(None);
    let owner = fs::metadata(child.folder()).unwrap().uid();
    assert_ne!(owner, 0);
    if !geteuid().is_root() {
        assert_eq!(owner, geteuid().as_raw());
    }
    child.end();
}

/// Only root can become another user. The other runs of these tests are by an ordinary user anyway.
#[test]
fn an_ordinary_user_starts_a_cluster_of_their_own() {
    if !geteuid().is_root() {
        return;
    }
    // The build's folder may stand in root's home, where nobody else can run this program.
    let folder = open_folder();
    let program = folder.path().join("it");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Role::Hold.command(&program, None);
    let child = Reporter::spawn(command.uid(NOBODY).gid(NOBODY));
    let slot = child.folder();
    assert_eq!(fs::metadata(&slot).unwrap().uid(), NOBODY);
    child.kill();
    assert_gone(&slot);
}
