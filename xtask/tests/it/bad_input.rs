//! Wrong inputs: one clear line, a hint, exit 1, and nothing lost.

use crate::command::Machine;

#[test]
fn unknown_names_suggest_the_nearest() {
    let machine = Machine::sqlite();
    insta::assert_snapshot!(machine.fails(&["db", "migrate", "mextrak"]));
    insta::assert_snapshot!(machine.fails(&["db", "status", "zebra"]));
    assert!(!machine.data().exists(), "nothing was made");
}

#[test]
fn a_database_that_is_missing() {
    insta::assert_snapshot!(Machine::sqlite().fails(&["db", "migrate", "core"]));
}

#[test]
fn database_url_would_aim_four_databases_at_one() {
    let mut machine = Machine::sqlite();
    machine.set("DATABASE_URL", "postgres://localhost/everything");
    insta::assert_snapshot!(machine.fails(&["db", "status"]));
    let mut machine = Machine::sqlite();
    machine.set("DB_NAME", "everything");
    insta::assert_snapshot!(machine.fails(&["db", "status"]));
}

#[test]
fn variables_that_cannot_be_read() {
    let mut machine = Machine::sqlite();
    machine.set("PGHOST", "localhost");
    machine.set("PGPORT", "many");
    insta::assert_snapshot!(machine.fails(&["db", "status"]));
    let mut machine = Machine::sqlite();
    machine.set("APP_ENV", "prod");
    insta::assert_snapshot!(machine.fails(&["db", "status"]));
    let mut machine = Machine::sqlite();
    machine.set("MEXTRAK_DATABASE_URL", "sqlite:x.db");
    insta::assert_snapshot!(machine.fails(&["db", "status"]));
    let mut machine = Machine::sqlite();
    machine.set("LOG_FILTER", "info,sqlx=loud");
    insta::assert_snapshot!(machine.fails(&["db", "status"]));
}

#[test]
fn a_server_that_does_not_answer() {
    let mut machine = Machine::sqlite();
    machine.set("PGHOST", "127.0.0.1");
    machine.set("PGPORT", "1");
    insta::assert_snapshot!(machine.fails(&["db", "create", "core"]));
}

#[test]
fn tls_that_is_not_offered() {
    let Some(mut machine) = Machine::of("postgres") else { return };
    machine.set("PGSSLMODE", "require");
    insta::assert_snapshot!(machine.fails(&["db", "create", "core"]));
}

#[test]
fn a_login_that_may_not_create() {
    let Some(mut machine) = Machine::of("postgres") else { return };
    machine.query("postgres", "CREATE ROLE clerk LOGIN");
    machine.set("PGUSER", "clerk");
    insta::assert_snapshot!(machine.fails(&["db", "create", "core"]));
    machine.set("PGUSER", "nobody_at_all");
    insta::assert_snapshot!(machine.fails(&["db", "create", "core"]));
}

#[test]
fn a_file_that_cannot_be_written() {
    let mut machine = Machine::sqlite();
    machine.set("DATA_DIR", "/proc/nowhere");
    insta::assert_snapshot!(machine.fails(&["db", "create", "core"]));
}

/// A worker is stopped in the middle; what was not committed is gone, and the next run finishes.
#[test]
fn interrupted_in_the_middle() {
    for engine in ["sqlite", "postgres"] {
        let Some(machine) = Machine::of(engine) else { continue };
        machine.works(&["db", "create"]);
        machine.works(&["db", "migrate"]);
        machine.works(&["db", "seed", "core"]);
        let mut child = machine.start(&["db", "seed", "mextrack"]);
        std::thread::sleep(std::time::Duration::from_millis(400));
        let status = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
        let ended = child.wait().expect("it ends");
        assert!(matches!(ended.code(), Some(0 | 1)), "{ended}");
        machine.works(&["db", "seed", "mextrack"]);
        let table = if engine == "postgres" { "fleet.tracking_data" } else { "tracking_data" };
        let rows: u64 =
            machine.query("mextrack_db", &format!("SELECT count(*) FROM {table}")).parse().expect("a number");
        assert!(rows >= 100_000, "{rows} rows on {engine}");
    }
}

#[test]
fn nothing_is_lost_without_consent() {
    let machine = Machine::sqlite();
    machine.works(&["db", "create"]);
    machine.works(&["db", "migrate", "core"]);
    machine.works(&["db", "seed", "core"]);
    insta::assert_snapshot!(machine.fails(&["db", "clean", "core"]));
    insta::assert_snapshot!(machine.fails(&["db", "drop", "core"]));
    insta::assert_snapshot!(machine.fails(&["db", "reset", "core"]));
    insta::assert_snapshot!(machine.fails(&["db", "rollback", "core", "--all"]));
    insta::assert_snapshot!(machine.fails(&["db", "seed", "core", "--down"]));
    assert_eq!(machine.query("atriz_shared", "SELECT count(*) > 0 FROM users"), "1");
}

#[test]
fn demo_rows_stand_on_reference_rows() {
    let machine = Machine::sqlite();
    machine.works(&["db", "create", "core"]);
    machine.works(&["db", "migrate", "core"]);
    insta::assert_snapshot!(machine.fails(&["db", "seed", "core", "--demo"]));
    assert_eq!(machine.query("atriz_shared", "SELECT count(*) FROM user_roles"), "0");
    machine.works(&["db", "seed", "core"]);
}

#[test]
fn production_refuses_what_loses_data() {
    let mut machine = Machine::sqlite();
    machine.works(&["db", "create", "core"]);
    machine.works(&["db", "migrate", "core"]);
    machine.works(&["db", "seed", "core"]);
    machine.works(&["db", "identity", "core", "--environment", "production", "--confirm", "core"]);
    insta::assert_snapshot!("another_environment", machine.fails(&["db", "clean", "core", "--yes"]));
    machine.set("APP_ENV", "production");
    insta::assert_snapshot!("clean", machine.fails(&["db", "clean", "core", "--yes"]));
    insta::assert_snapshot!("drop", machine.fails(&["db", "drop", "core", "--yes"]));
    insta::assert_snapshot!("demo", machine.fails(&["db", "seed", "core", "--demo"]));
    insta::assert_snapshot!("rollback", machine.fails(&["db", "rollback", "core", "--all", "--yes"]));
    insta::assert_snapshot!("mark", machine.fails(&["db", "identity", "core", "--environment", "test"]));
    assert_eq!(machine.query("atriz_shared", "SELECT count(*) > 0 FROM users"), "1");
}

#[test]
fn a_database_that_is_another_one() {
    let mut machine = Machine::sqlite();
    machine.works(&["db", "create"]);
    machine.works(&["db", "migrate"]);
    let pshop = machine.data().join("pshop_db.db");
    let copy = machine.data().join("copy.db");
    std::fs::copy(&pshop, &copy).expect("a file can be copied");
    machine.set("MEXTRACK_DATABASE_URL", &format!("sqlite:{}", copy.display()));
    insta::assert_snapshot!(machine.fails(&["db", "migrate", "mextrack"]));
    insta::assert_snapshot!(machine.fails(&["db", "clean", "mextrack", "--yes"]));
    insta::assert_snapshot!(machine.fails(&["db", "create", "mextrack"]));
    machine.set("MEXTRACK_DATABASE_URL", &format!("sqlite:{}", pshop.display()));
    insta::assert_snapshot!(machine.fails(&["db", "status"]));
}

#[test]
fn names_of_new_files() {
    let machine = Machine::sqlite();
    insta::assert_snapshot!(machine.fails(&["db", "new", "pshop", "Add Weight"]));
    insta::assert_snapshot!(machine.fails(&["db", "new", "pshop", "add_weight", "--schema", "auth"]));
    insta::assert_snapshot!(machine.fails(&["db", "new", "pshop", "nothing", "--seed"]));
}
