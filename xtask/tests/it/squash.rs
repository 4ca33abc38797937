//! `db squash` on the workspace's own folders, which it leaves as they are.

use crate::command::Machine;

#[test]
fn a_dry_run_prints_the_checkpoint_and_what_was_proved() {
    let Some(machine) = Machine::of("postgres") else { return };
    let told = machine.works(&["db", "squash", "atriz", "--to", "20260101000100", "--dry-run", "--json"]);
    let start = told.find('{').expect("an object");
    let squashed: serde_json::Value = serde_json::from_str(told[start..].trim()).expect("JSON");
    assert_eq!(squashed["checkpoint"], "20260101000100_checkpoint");
    assert_eq!(squashed["changed"], false);
    assert_eq!(squashed["removed"].as_array().map(Vec::len), Some(8));
    let text = squashed["files"][0]["text"].as_str().expect("text");
    assert!(text.contains("-- atriz: replaces 20260101000000_create_schemas\n"), "{text}");
}

#[test]
fn nothing_is_removed_without_consent() {
    let told = Machine::sqlite().fails(&["db", "squash", "atriz", "--to", "20260101000100"]);
    assert!(told.contains("`squash` would lose 8 files of migrations/atriz, and nobody agreed"), "{told}");
}

#[test]
fn a_database_in_the_middle_is_told_to_go_on_first() {
    let Some(machine) = Machine::of("sqlite") else { return };
    machine.works(&["db", "create", "core"]);
    machine.works(&["db", "migrate", "core", "--to", "20260101000100"]);
    let told = machine.fails(&["db", "squash", "core", "--to", "20260101000300", "--dry-run"]);
    assert!(told.contains("has 2 of the 4 migrations"), "{told}");
    assert!(told.contains("db migrate core --to 20260101000300_create_apps"), "{told}");
}
