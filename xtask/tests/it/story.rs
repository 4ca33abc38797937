//! The life of four databases, from the command line, on both engines.

use serde_json::Value;

use crate::command::Machine;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The tables that hold what each database is about.
const MAIN_TABLES: [(&str, &str, &str); 4] = [
    ("core", "atriz_shared", "users"),
    ("atriz", "atriz_db", "locations"),
    ("mextrack", "mextrack_db", "tracking_data"),
    ("pshop", "pshop_db", "sales"),
];

/// The schema of each main table on PostgreSQL.
fn table(machine: &Machine, database: &str, table: &str) -> String {
    let sql =
        format!("SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_name = '{table}'");
    machine.query(database, &sql)
}

fn rows(machine: &Machine, engine: &str, database: &str, name: &str) -> u64 {
    let name = if engine == "postgres" { table(machine, database, name) } else { name.to_owned() };
    machine.query(database, &format!("SELECT count(*) FROM {name}")).parse().expect("a number")
}

fn pending(machine: &Machine) -> Vec<(String, u64)> {
    let status = json(&machine.works(&["db", "status", "--json"]));
    let number = |one: &Value| one["pending"].as_u64().expect("a number");
    let statuses = status.as_array().expect("a list").iter();
    statuses.map(|one| (one["database"].as_str().expect("a name").to_owned(), number(one))).collect()
}

fn whole_story(engine: &str) {
    let Some(machine) = Machine::of(engine) else { return };
    create_and_migrate(&machine);
    machine.works(&["db", "seed"]);
    machine.works(&["db", "status", "--check"]);
    for (_, database, name) in MAIN_TABLES {
        assert!(rows(&machine, engine, database, name) > 0, "{name} is empty");
    }
    assert!(rows(&machine, engine, "mextrack_db", "tracking_data") >= 100_000);
    assert!(rows(&machine, engine, "atriz_db", "locations") >= 20_000);
    let again = machine.works(&["db", "seed", "--again"]);
    assert_eq!(again.matches("nothing changed").count(), 4, "{again}");
    clean_and_seed(&machine, engine);
    roll_back_and_migrate(&machine);
    let reset = machine.works(&["db", "reset", "--yes"]);
    assert!(
        reset.find("pshop").expect("pshop") < reset.find("core").expect("core"),
        "cleaned from the end of the plan"
    );
    for (_, database, name) in MAIN_TABLES {
        assert!(rows(&machine, engine, database, name) > 0, "{name} is empty after the reset");
    }
    machine.works(&["db", "drop", "--yes"]);
    machine.fails(&["db", "migrate"]);
}

fn create_and_migrate(machine: &Machine) {
    assert_eq!(machine.works(&["db", "create"]).matches(" created").count(), 4);
    assert_eq!(machine.works(&["db", "create"]).matches("was there").count(), 4);
    let behind = machine.fails(&["db", "migrate", "mextrack"]);
    assert!(
        behind.contains("comes after `core`") && behind.contains("hint: `cargo xtask db migrate core`"),
        "{behind}"
    );
    machine.works(&["db", "migrate", "core"]);
    assert!(pending(machine).iter().all(|(name, pending)| (name == "core") == (*pending == 0)));
    let plan = machine.works(&["db", "migrate", "--dry-run"]);
    assert!(plan.contains("CREATE TABLE"), "{plan}");
    machine.works(&["db", "migrate"]);
    assert!(pending(machine).iter().all(|(_, pending)| *pending == 0));
    assert_eq!(machine.works(&["db", "migrate"]).matches("is up to date").count(), 4);
}

fn clean_and_seed(machine: &Machine, engine: &str) {
    let before = rows(machine, engine, "mextrack_db", "tracking_data");
    let cleaned = machine.works(&["db", "clean", "mextrack", "--yes"]);
    assert!(cleaned.contains(&format!("tracking_data: {before} rows removed")), "{cleaned}");
    assert_eq!(rows(machine, engine, "mextrack_db", "tracking_data"), 0);
    assert!(rows(machine, engine, "atriz_shared", "users") > 0, "clean stays within its database");
    machine.works(&["db", "status", "--check"]);
    machine.works(&["db", "seed", "mextrack"]);
    assert_eq!(rows(machine, engine, "mextrack_db", "tracking_data"), before);
    let refused = machine.fails(&["db", "clean", "core", "--yes"]);
    assert!(refused.contains("--with-dependants"), "{refused}");
    assert!(rows(machine, engine, "atriz_shared", "users") > 0);
}

fn roll_back_and_migrate(machine: &Machine) {
    let asked = machine.fails(&["db", "rollback", "pshop", "--all"]);
    assert!(asked.contains("nobody agreed"), "{asked}");
    machine.works(&["db", "rollback", "pshop", "--all", "--yes"]);
    assert!(pending(machine).iter().any(|(name, pending)| name == "pshop" && *pending > 0));
    let left = if machine.data().join("pshop_db.db").exists() {
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'sales'"
    } else {
        "SELECT count(*) FROM information_schema.tables WHERE table_name = 'sales'"
    };
    assert_eq!(machine.query("pshop_db", left), "0");
    machine.works(&["db", "migrate", "pshop"]);
}

#[test]
fn the_whole_story_on_sqlite() {
    whole_story("sqlite");
}

#[test]
fn the_whole_story_on_postgres() {
    whole_story("postgres");
}

#[test]
fn the_app_role_can_neither_make_tables_nor_read_other_databases() {
    let Some(machine) = Machine::of("postgres") else { return };
    machine.works(&["db", "create"]);
    machine.works(&["db", "migrate"]);
    let refused = "DO $$ BEGIN SET ROLE mextrack_db_app; \
                   BEGIN CREATE TABLE fleet.mine (a int); RAISE 'it made a table'; EXCEPTION WHEN insufficient_privilege THEN END; \
                   BEGIN CREATE TABLE public.mine (a int); RAISE 'it made a table'; EXCEPTION WHEN insufficient_privilege THEN END; \
                   BEGIN DELETE FROM public.seaql_migrations; RAISE 'it changed the history'; EXCEPTION WHEN insufficient_privilege THEN END; \
                   PERFORM count(*) FROM fleet.vehicles; END $$";
    machine.query("mextrack_db", refused);
    let others = "SELECT string_agg(datname, ' ') FROM pg_database \
                  WHERE datname IN ('atriz_shared', 'atriz_db', 'pshop_db') AND has_database_privilege('mextrack_db_app', oid, 'CONNECT')";
    assert_eq!(machine.query("postgres", others), "", "the app role of one database may not connect to another");
}
