//! `db lint` from the command line.

use std::fs;

use serde_json::Value;

use crate::command::Machine;

/// A folder of another tool with one mistake.
fn folder(machine: &Machine) -> String {
    let folder = machine.path("theirs");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in [
        ("000001_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(80));\n"),
        ("000001_users.down.sql", "DROP TABLE users;\n"),
        ("000002_old.up.sql", "-- Nobody needs them.\nTRUNCATE users CASCADE;\n"),
        ("000002_old.down.sql", "SELECT 1;\n"),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
    folder.display().to_string()
}

#[test]
fn the_projects_own_migrations_are_in_order() {
    let answer = Machine::sqlite().xtask(&["db", "lint", "--all", "--deny-warnings"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (0, ""), "{answer:?}");
    assert!(answer.stderr.contains("0 errors, 0 warnings, 0 to know"), "{answer:?}");
}

#[test]
fn errors_fail_and_warnings_do_where_they_are_denied() {
    let machine = Machine::sqlite();
    let folder = folder(&machine);
    let lint = ["db", "lint", "--source", &folder, "--all"];
    let unsaid = machine.fails(&lint);
    assert!(unsaid.contains("add --engine postgres or --engine sqlite"), "{unsaid}");
    let lint = [&lint[..], &["--engine", "postgres"]].concat();
    let answer = machine.xtask(&lint);
    assert_eq!(answer.code, 1);
    insta::assert_snapshot!(format!("{}---\n{}", answer.stdout, answer.stderr));

    fs::write(machine.path("theirs/000002_old.up.sql"), "SELECT 1;\n").expect("a file");
    assert_eq!(machine.xtask(&lint).code, 0);
    assert_eq!(machine.xtask(&[&lint[..], &["--deny-warnings"]].concat()).code, 1);
    let json: Value = serde_json::from_str(&machine.works(&[&lint[..], &["--json"]].concat())).expect("JSON");
    assert_eq!(json["findings"][0]["rule"], "prefer-text-field");
    assert_eq!(
        (&json["findings"][0]["place"]["line"], &json["findings"][0]["place"]["column"]),
        (&1.into(), &49.into())
    );
}

#[test]
fn what_cannot_be_read_is_the_users_to_fix() {
    let machine = Machine::sqlite();
    let wrong = machine.fails(&["db", "lint", "core", "--since", "v99.9"]);
    assert!(wrong.contains("no revision `v99.9`") && wrong.contains("hint: "), "{wrong}");
    assert!(machine.fails(&["db", "lint", "--since", "HEAD", "--all"]).contains("cannot be used with"));
    assert!(machine.fails(&["db", "lint", "nowhere"]).contains("nowhere"));
    assert!(machine.fails(&["db", "lint", "--source", "/no/such/folder"]).contains("/no/such/folder"));
}
