//! `cargo xtask db generate`, as the program that is run.

use crate::command::Machine;

/// The entities and folders of the project agree, and if they did not, this would say how.
#[test]
fn there_is_nothing_to_do() {
    for database in ["core", "atriz", "mextrack", "pshop"] {
        let answer = Machine::sqlite().xtask(&["db", "generate", database, "change_it", "--dry-run"]);
        assert_eq!((answer.code, answer.stdout.as_str()), (0, ""), "{answer:?}");
        assert!(answer.stderr.contains("there is nothing to do"), "{answer:?}");
    }
}

#[test]
fn what_came_out_is_told_to_machines() {
    let answer = Machine::sqlite().xtask(&["db", "generate", "core", "change_it", "--dry-run", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(report["database"], "core");
    assert_eq!(report["written"], false);
    assert_eq!(report["files"], serde_json::json!([]));
    assert_eq!(report["changes"][1]["engine"], "sqlite");
}

#[test]
fn usage_errors_are_the_users_to_fix() {
    let machine = Machine::sqlite();
    insta::assert_snapshot!(machine.works(&["db", "generate", "--help"]));
    insta::assert_snapshot!(machine.fails(&["db", "generate", "pshop", "Odd Name"]));
    insta::assert_snapshot!(machine.fails(&["db", "generate", "phop", "change_it"]));
}
