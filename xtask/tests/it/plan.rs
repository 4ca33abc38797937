//! `db plan`, and the dry run that prints the same.

use serde_json::Value;

use crate::command::Machine;

fn plan_of_everything(engine: &str) {
    let Some(machine) = Machine::of(engine) else { return };
    let before = machine.works(&["db", "plan"]);
    assert_eq!(before.matches("does not exist yet: `cargo xtask db create").count(), 4, "{before}");
    assert!(before.contains("CREATE TABLE"), "{before}");
    assert!(!machine.data().exists(), "a plan makes no file");
    machine.works(&["db", "create"]);
    let refused = machine.xtask(&["db", "plan", "mextrack"]);
    assert_eq!(refused.code, 1);
    assert!(refused.stdout.contains("create_fleets") && refused.stderr.contains("--with-dependencies"), "{refused:?}");
    let plan = machine.works(&["db", "plan", "mextrack", "--with-dependencies"]);
    assert_eq!(plan, machine.works(&["db", "migrate", "mextrack", "--with-dependencies", "--dry-run"]));
    assert!(plan.contains(" migrations, ") && !plan.contains("does not exist"), "{plan}");
    let json = machine.works(&["db", "plan", "--json"]);
    assert_eq!(json, machine.works(&["db", "migrate", "--dry-run", "--json"]));
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let names: Vec<_> =
        json["databases"].as_array().expect("a list").iter().map(|one| one["database"].as_str()).collect();
    assert_eq!(names, [Some("core"), Some("atriz"), Some("mextrack"), Some("pshop")]);
    let number = |value: &Value| value.as_u64().expect("a number");
    assert!(number(&json["summary"]["statements"]) > number(&json["summary"]["migrations"]));
    machine.works(&["db", "migrate"]);
    assert_eq!(machine.works(&["db", "plan"]).trim(), "nothing is pending");
}

#[test]
fn a_plan_on_sqlite() {
    plan_of_everything("sqlite");
}

#[test]
fn a_plan_on_postgres() {
    plan_of_everything("postgres");
}

/// On a database that is made anew nobody waits for anything.
#[test]
fn the_effect_of_every_statement_is_known() {
    for engine in ["sqlite", "postgres"] {
        let Some(machine) = Machine::of(engine) else { continue };
        let json: Value = serde_json::from_str(&machine.works(&["db", "plan", "--json"])).expect("JSON");
        let careful = json["summary"]["careful"].as_array().expect("a list").iter();
        let messages: Vec<_> = careful.map(|one| one["message"].as_str().expect("a text")).collect();
        // What a function of the workspace's own does is not known, even to a plan that makes it, nor what a block does.
        let unknown = ["SELECT fleet.ensure_tracking_partitions", "DO $$"];
        let odd: Vec<_> = messages.iter().filter(|one| !unknown.iter().any(|known| one.starts_with(known))).collect();
        assert!(odd.is_empty(), "{engine}: {odd:#?}");
    }
}
