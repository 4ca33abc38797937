//! What `--help` says.

use crate::command::Machine;

#[test]
fn help_is_data_and_usage_errors_are_the_users_to_fix() {
    let machine = Machine::sqlite();
    insta::assert_snapshot!(machine.works(&["--help"]));
    insta::assert_snapshot!(machine.works(&["db", "--help"]));
    insta::assert_snapshot!(machine.works(&["db", "migrate", "--help"]));
    insta::assert_snapshot!(machine.fails(&["db", "migrat"]));
    insta::assert_snapshot!(machine.fails(&["db", "rollback"]));
}

#[test]
fn completions_are_generated() {
    assert!(Machine::sqlite().works(&["completions", "bash"]).contains("xtask"));
}
