//! Folders of other tools from the command line: run as they are, and adopted.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::command::{Answer, Machine};

const FILES: [(&str, &str); 6] = [
    ("000001_users.up.sql", "BEGIN;\nCREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);\nCOMMIT;\n"),
    ("000001_users.down.sql", "DROP TABLE users;\n"),
    ("000002_index.up.sql", "CREATE INDEX users_name ON users (name);\n"),
    ("000002_index.down.sql", "DROP INDEX users_name;\n"),
    ("000010_posts.up.sql", "CREATE TABLE posts (id integer PRIMARY KEY);\n"),
    ("000010_posts.down.sql", "DROP TABLE posts;\n"),
];

/// A machine with the folder, and the folder's path.
fn machine(engine: &str) -> Option<(Machine, String)> {
    let machine = Machine::of(engine)?;
    let folder = machine.path("theirs");
    fs::create_dir_all(&folder).expect("a folder");
    for (name, text) in FILES {
        fs::write(folder.join(name), text).expect("a file");
    }
    Some((machine, folder.display().to_string()))
}

fn make(machine: &Machine, engine: &str, database: &str) {
    if engine == "postgres" {
        machine.query("postgres", &format!("CREATE DATABASE {database}"));
    }
}

fn no_secret(answer: &Answer) {
    assert!(!format!("{answer:?}").contains("secret"), "{answer:?}");
}

fn forth_and_back(engine: &str) {
    let Some((machine, folder)) = machine(engine) else { return };
    let (shop, crm) = (machine.url("shop"), machine.url("crm"));
    let missing = machine.xtask(&["db", "status", "--source", &folder, "--url", &shop, "--check"]);
    no_secret(&missing);
    let makes = if engine == "postgres" { "`createdb --host [SERVER] " } else { "db migrate --source [DIR]/theirs" };
    assert!(missing.code == 1 && missing.stderr.contains(makes), "{missing:?}");
    for name in ["shop", "crm"] {
        make(&machine, engine, name);
    }

    let both = format!("# ours\n{shop}\n\n  {crm}\n");
    let here = machine.path("");
    let all = |verb: &str, more: &[&str]| {
        let arguments = [&["db", verb, "--source", &folder, "--url", "-", "--jobs", "1"], more].concat();
        let answer = machine.xtask_in(&here, &both, &arguments);
        no_secret(&answer);
        assert_eq!(answer.code, 0, "{answer:?}");
        answer.stdout
    };
    if engine == "postgres" {
        let preview = all("migrate", &["--dry-run", "--to", "1"]);
        assert!(preview.contains("  000001_users: one transaction"), "{preview}");
    }
    assert_eq!(
        all("migrate", &["--to", "2"]),
        "shop      2 migrations applied, now at 000002_index\ncrm       2 migrations applied, now at 000002_index\n"
    );
    assert_eq!(all("migrate", &["crm"]), "crm       1 migration applied, now at 000010_posts\n");
    let status: Value = serde_json::from_str(&all("status", &["--json"])).expect("JSON");
    assert_eq!((&status[0]["pending"], &status[1]["pending"]), (&1.into(), &0.into()));
    assert_eq!(status[0]["identity"]["name"], "shop");
    assert_eq!(all("rollback", &["--yes"]), "shop      took back 000002_index\ncrm       took back 000010_posts\n");
    assert_eq!(machine.query("crm", "SELECT count(*) FROM users"), "0");
}

#[test]
fn forth_and_back_on_sqlite() {
    // Looking before anything is there makes nothing.
    let Some((machine, folder)) = machine("sqlite") else { return };
    let url = machine.url("none");
    let says = machine.works(&["db", "migrate", "--dry-run", "--source", &folder, "--url", &url]);
    assert!(
        says.contains(
            "does not exist yet: `cargo xtask db migrate --source [DIR]/theirs --url '[DIR]/data/none.db'` makes it"
        ),
        "{says}"
    );
    drop(machine);
    forth_and_back("sqlite");
}

#[test]
fn forth_and_back_on_postgres() {
    forth_and_back("postgres");
}

#[test]
fn a_login_that_owns_nothing_works_as_it_may() {
    let Some((machine, folder)) = machine("postgres") else { return };
    make(&machine, "postgres", "shop");
    machine.run(
        "shop",
        "CREATE ROLE app LOGIN; CREATE SCHEMA app AUTHORIZATION app; GRANT CREATE ON SCHEMA public TO app",
    );
    machine.run("shop", "ALTER ROLE app IN DATABASE shop SET search_path = app");
    let url = machine.url("shop").replace("postgres:secret@", "app:secret@");
    machine.works(&["db", "migrate", "--source", &folder, "--url", &url]);
    let owner = "SELECT schemaname || ' ' || tableowner FROM pg_tables WHERE tablename =";
    assert_eq!(machine.query("shop", &format!("{owner} 'users'")), "app app");
    assert_eq!(machine.query("shop", &format!("{owner} 'seaql_migrations'")), "public app");
    machine.works(&["db", "rollback", "--source", &folder, "--url", &url, "--all", "--yes"]);
    assert_eq!(machine.query("shop", &format!("{owner} 'users'")), "");
}

#[test]
fn what_is_wrong_is_said_before_anything_is_touched() {
    let Some((machine, folder)) = machine("sqlite") else { return };
    let url = machine.url("shop");
    let with = |more: &[&str]| machine.fails(&[&["db", "migrate", "--source", &folder], more].concat());
    insta::assert_snapshot!(with(&[]));
    insta::assert_snapshot!(with(&["--url", &url, "--url", &format!("sqlite://{url}")]));
    insta::assert_snapshot!(with(&["--url", "mysql://me:secret@localhost/shop"]));
    insta::assert_snapshot!(with(&["--url", &url, "--layout", "golang"]));
    insta::assert_snapshot!(with(&["--url", &url, "other"]));
    fs::write(Path::new(&folder).join("seed.sql"), "SELECT 1;").expect("a file");
    insta::assert_snapshot!(with(&["--url", &url]));
    fs::remove_dir_all(&folder).expect("the folder goes");
    fs::create_dir(&folder).expect("an empty one comes");
    insta::assert_snapshot!(with(&["--url", &url]));
    assert!(!machine.data().exists(), "nothing was made");
}

fn adopted(engine: &str) {
    let Some((machine, folder)) = machine(engine) else { return };
    make(&machine, engine, "shop");
    let url = machine.url("shop");
    // What golang-migrate leaves after the second of the three.
    let whole = Path::new(&folder).join("000010_posts.up.sql");
    let text = fs::read_to_string(&whole).expect("a file");
    let leave = "CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL); \
        CREATE INDEX users_name ON users (name); \
        CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL); \
        INSERT INTO schema_migrations VALUES (2, false);";
    machine.run("shop", leave);

    let refused = machine.fails_reporting(&["db", "migrate", "--source", &folder, "--url", &url]);
    assert!(refused.contains("`cargo xtask db adopt [DIR]/theirs --url '"), "{refused}");
    let unasked = machine.fails(&["db", "adopt", &folder, "--url", &url]);
    assert!(unasked.contains("nobody agreed"), "{unasked}");

    // A workspace of this machine's own, so that the files are written there.
    let house = machine.path("house");
    fs::create_dir_all(house.join("migrations")).expect("a workspace");
    fs::write(house.join("Cargo.toml"), "[workspace]\n").expect("a workspace");
    let adopt = ["db", "adopt", folder.as_str(), "--as", "shop", "--url", url.as_str(), "--yes"];
    let answer = machine.xtask_in(&house, "", &adopt);
    no_secret(&answer);
    assert_eq!(answer.code, 0, "{answer:?}");
    insta::assert_snapshot!(
        format!("adopted-on-{engine}"),
        format!("{}\n{}", answer.stdout, answer.stderr).replace(&url, "[URL]").replace("[SERVER]", "[PLACE]")
    );
    let again = machine.xtask_in(&house, "", &["db", "adopt", &folder, "--as", "shop"]);
    assert!(again.code == 0 && again.stderr.contains("every file was adopted before"), "{again:?}");

    let ours = house.join("migrations/shop").display().to_string();
    assert_eq!(
        machine.works(&["db", "migrate", "--source", &ours, "--url", &url]),
        "shop      1 migration applied, now at 19700101000010_posts\n"
    );
    assert_eq!(fs::read_to_string(whole).expect("a file"), text, "their folder stays as it is");
    assert_eq!(machine.query("shop", "SELECT count(*) FROM schema_migrations"), "1");
}

#[test]
fn a_folder_and_its_history_are_adopted_on_sqlite() {
    adopted("sqlite");
}

#[test]
fn a_folder_and_its_history_are_adopted_on_postgres() {
    adopted("postgres");
}

/// What broke off, and what was changed, is mended where the database is named by its URL as it is in the workspace.
fn mended(engine: &str) {
    let Some((machine, folder)) = machine(engine) else { return };
    make(&machine, engine, "shop");
    let url = machine.url("shop");
    let aim = ["--source", folder.as_str(), "--url", url.as_str()];
    let with = |command: &[&'static str]| -> Vec<&str> { command.iter().copied().chain(aim).collect() };
    machine.works(&with(&["db", "migrate"]));
    let found = machine.works(&with(&["db", "repair"]));
    assert_eq!(found, "shop      nothing to repair\n");

    let edited = Path::new(&folder).join("000002_index.up.sql");
    fs::write(&edited, "CREATE INDEX users_name ON users (name DESC);\n").expect("a file");
    let refused = machine.fails_reporting(&with(&["db", "migrate"]));
    no_secret(&machine.xtask(&with(&["db", "migrate"])));
    assert!(refused.contains("shop: the file of") && !refused.contains("shop: shop"), "{refused}");
    assert!(
        refused.contains("`cargo xtask db repair shop 000002_index --accept \"why\" --source [DIR]/theirs --url '"),
        "{refused}"
    );
    let shown = machine.works(&with(&["db", "repair"]));
    assert!(shown.contains("--source [DIR]/theirs --url '"), "{shown}");
    let accept = ["db", "repair", "shop", "000002_index", "--accept", "the order never mattered", "--yes"];
    machine.works(&with(&accept));
    assert_eq!(machine.works(&with(&["db", "migrate"])), "shop      is up to date\n");
    let reason = machine.query("shop", "SELECT count(*) FROM migration_history WHERE error LIKE '%never mattered%'");
    assert_eq!(reason, "1");
}

#[test]
fn what_is_named_by_its_url_is_mended_on_sqlite() {
    mended("sqlite");
}

#[test]
fn what_is_named_by_its_url_is_mended_on_postgres() {
    mended("postgres");
}
