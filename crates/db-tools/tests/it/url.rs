//! Which server tests are given.

use super::child::{Reporter, Role};

fn reported(variable: Option<&str>) -> Reporter {
    let mut command = Role::Url.command(&std::env::current_exe().unwrap(), None);
    if let Some(value) = variable {
        command.env("TEST_POSTGRES_URL", value);
    }
    Reporter::spawn(&mut command)
}

#[test]
fn the_variable_is_honoured() {
    let url = "postgresql://tester:secret@db.example:6543/postgres";
    let child = reported(Some(url));
    assert_eq!(child.report, url);
    child.end();
}

#[test]
fn without_it_there_is_a_throwaway_cluster() {
    for nothing in [None, Some("")] {
        let child = reported(nothing);
        assert!(child.report.starts_with("postgres://postgres@localhost:5432/postgres?host=/"), "{}", child.report);
        child.end();
    }
}

#[test]
fn an_address_of_something_else_is_refused_without_being_shown() {
    let mut command = Role::Url.command(&std::env::current_exe().unwrap(), None);
    let output = command.env("TEST_POSTGRES_URL", "mysql://root:hunter2@localhost/").output().unwrap();
    let complaint = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(complaint.contains("ForeignUrl") && !complaint.contains("hunter2"), "{complaint}");
}
