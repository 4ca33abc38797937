//! `db docs` on the workspace's own databases.

use crate::command::Machine;

/// A migration whose page was not written anew fails here too.
#[test]
fn the_committed_pages_say_what_the_migrations_make() {
    let Some(machine) = Machine::of("postgres") else { return };
    let told = machine.works(&["db", "docs", "--check", "--json"]);
    let docs: serde_json::Value = serde_json::from_str(&told).expect("JSON");
    let pages = docs["pages"].as_array().expect("pages");
    assert_eq!(pages.len(), 5, "{told}");
    assert!(pages.iter().all(|page| page["standing"] == "fresh"), "{told}");
}

#[test]
fn an_unknown_database_is_the_users_to_fix() {
    let told = Machine::sqlite().fails(&["db", "docs", "cor", "--check"]);
    assert!(told.contains("core"), "{told}");
}
