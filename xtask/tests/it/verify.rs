//! `db verify` on the workspace's own databases.

use crate::command::Machine;

#[test]
fn all_databases_are_good_on_sqlite() {
    let Some(machine) = Machine::of("sqlite") else { return };
    let told = machine.works(&["db", "verify", "--engine", "sqlite"]);
    let good = told.lines().filter(|line| line.contains("there and back, crash after each, run twice: all the same"));
    assert_eq!(good.count(), 4, "{told}");
    assert!(!machine.data().exists(), "the user's own databases are left alone");
}

#[test]
fn one_database_is_told_as_json() {
    let Some(machine) = Machine::of("sqlite") else { return };
    let told = machine.works(&["db", "verify", "atriz", "--engine", "sqlite", "--json"]);
    let start = told.find('[').expect("a list");
    let verified: serde_json::Value = serde_json::from_str(told[start..].trim()).expect("JSON");
    assert_eq!(verified[0]["database"], "atriz");
    assert_eq!(
        verified[0]["migrations"].as_array().map(Vec::len),
        verified[0]["count"].as_u64().map(|count| usize::try_from(count).expect("few"))
    );
}

#[test]
fn an_unknown_engine_is_the_users_to_fix() {
    let told = Machine::sqlite().fails(&["db", "verify", "--engine", "mysql"]);
    assert!(told.contains("the engines are postgres and sqlite"), "{told}");
}
