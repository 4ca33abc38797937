//! `db check --live` on the workspace's own databases, with their demo rows.

use crate::command::Machine;

const USER: &str = "00000000-0000-7000-8000-000000000001";

fn story(machine: &Machine, schema: &str, user: &str) {
    for verb in ["create", "migrate", "seed"] {
        machine.works(&["db", verb]);
    }
    let told = machine.works(&["db", "check", "--live"]);
    let good = told.lines().filter(|line| line.contains(": as its migrations make it ("));
    assert_eq!(good.count(), 4, "{told}");
    assert_eq!(told.matches("3 references followed").count(), 3, "{told}");

    let drivers = format!("{schema}drivers");
    machine
        .run("mextrack_db", &format!("UPDATE {drivers} SET user_id = {user}; DROP INDEX {schema}idx_drivers_user_id"));
    let answer = machine.xtask(&["db", "check", "mextrack", "--live", "--json"]);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    let told: serde_json::Value = serde_json::from_str(&answer.stdout).expect("JSON");
    assert_eq!(told["databases"][0]["findings"].as_array().map(Vec::len), Some(0), "{told:#}");
    let findings = told["live"]["databases"][0]["findings"].as_array().expect("findings");
    assert_eq!(findings.len(), 2, "{told:#}");
    assert_eq!(findings[0]["kind"], "drift");
    assert_eq!(findings[1]["kind"], "orphans");
    assert!(findings[1]["left"].as_str().is_some_and(|text| text.contains(USER)), "{told:#}");

    let mend: Vec<String> = findings
        .iter()
        .flat_map(|finding| finding["mend"].as_array().expect("statements"))
        .map(|statement| statement.as_str().expect("a text").to_owned())
        .collect();
    for statement in mend.iter().filter(|statement| !statement.starts_with("--")) {
        machine.run("mextrack_db", statement);
    }
    machine.works(&["db", "check", "mextrack", "--live"]);
}

#[test]
fn mistakes_are_told_and_mended_on_sqlite() {
    let Some(machine) = Machine::of("sqlite") else { return };
    story(&machine, "", &format!("x'{}'", USER.replace('-', "")));
}

#[test]
fn mistakes_are_told_and_mended_on_postgres() {
    let Some(machine) = Machine::of("postgres") else { return };
    story(&machine, "fleet.", &format!("'{USER}'"));
}

#[test]
fn databases_that_are_not_there_are_findings() {
    let Some(machine) = Machine::of("sqlite") else { return };
    let answer = machine.xtask(&["db", "check", "core", "--live"]);
    assert_eq!(answer.code, 1);
    assert!(answer.stdout.contains("core: database core, missing: live database"), "{}", answer.stdout);
    assert!(answer.stdout.contains("-- `cargo xtask db create` makes it"), "{}", answer.stdout);
    assert!(!machine.data().exists(), "nothing is made by looking");
}
