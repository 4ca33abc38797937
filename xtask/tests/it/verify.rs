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

#[test]
fn a_folder_of_another_layout_is_proved_too() {
    let Some(machine) = Machine::of("sqlite") else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, sql: &str| std::fs::write(folder.path().join(name), sql).expect("it can be written");
    write("001_parts.up.sql", "CREATE TABLE parts (id integer PRIMARY KEY, name text NOT NULL);");
    write("001_parts.down.sql", "DROP TABLE parts;");
    write("002_notes.up.sql", "ALTER TABLE parts ADD COLUMN note text;");
    write("002_notes.down.sql", "ALTER TABLE parts DROP COLUMN note;");
    let source = folder.path().to_str().expect("a path in UTF-8");
    let verify = ["db", "verify", "--engine", "sqlite", "--source", source];
    assert!(machine.works(&verify).contains("2 migrations, 4 statements"));
    write("002_notes.down.sql", "SELECT 1;");
    let answer = machine.xtask(&verify);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    let told = answer.stdout;
    assert!(told.contains("002_notes.down.sql: the schema behind the way back is not the one before"), "{told}");
    let told = machine.fails(&["db", "verify", "--source", source]);
    assert!(told.contains("--engine <ENGINE>"), "{told}");
}
