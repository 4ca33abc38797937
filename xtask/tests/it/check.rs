//! `db check` on the workspace's own databases.

use crate::command::Machine;

/// On both engines, whatever `TEST_ENGINE` says of the rest: there is nothing to compare otherwise.
#[test]
fn the_workspace_has_no_differences() {
    let Some(machine) = Machine::of("postgres") else { return };
    let told = machine.works(&["db", "check"]);
    assert_eq!(told.lines().filter(|line| line.contains(": no differences in ")).count(), 4, "{told}");
}

#[test]
fn what_cannot_be_checked_is_told_as_json() {
    let Some(mut machine) = Machine::of("sqlite") else { return };
    machine.set("TEST_POSTGRES_URL", "postgres://nobody@127.0.0.1:1/none");
    let answer = machine.xtask(&["db", "check", "core", "--json"]);
    assert_eq!(answer.code, 1, "{answer:?}");
    let told: serde_json::Value = serde_json::from_str(&answer.stdout).expect("JSON");
    assert!(told["error"].as_str().is_some_and(|error| error.contains("refused")), "{told}");
    assert!(told["hint"].is_string(), "{told}");
    assert!(answer.stderr.contains("error: "), "{}", answer.stderr);
}

#[test]
fn one_database_is_told_as_json() {
    let Some(machine) = Machine::of("sqlite") else { return };
    let told = machine.works(&["db", "check", "mextrack", "--engine", "sqlite", "--json"]);
    let report: serde_json::Value = serde_json::from_str(told[told.find('{').expect("JSON")..].trim()).expect("JSON");
    assert_eq!(report["databases"][0]["database"], "mextrack");
    assert_eq!(report["databases"][0]["findings"], serde_json::json!([]));
    assert!(!machine.data().exists(), "the user's own databases are left alone");
}
