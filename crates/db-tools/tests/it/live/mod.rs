//! Running databases beside their folders.

mod drift;
mod indexes;
mod orphans;
mod partitions;
mod rows;
mod standing;

use std::path::Path;

use atriz_db::catalog::OnErase;
use atriz_db::{Descriptor, Engine, FileSet};
use atriz_db_tools::check::Finding;
use atriz_db_tools::check::live::{Live, LiveRequest, live};
use atriz_db_tools::scratch::Server;
use atriz_testing::{TestFleet, Workspace, both_engines, execute};

const SCHEMA: &str = "20260101000000_create_schemas";
const THINGS: &str = "20260101000100_create_things";

const THINGS_UP: &str = "
CREATE TABLE {app}things (
    id {uuid} NOT NULL CONSTRAINT pk_things PRIMARY KEY,
    code text NOT NULL CONSTRAINT uq_things_code UNIQUE,
    amount {int} NOT NULL DEFAULT 1,
    size {int},
    note text,
    created_at {time} NOT NULL,
    CONSTRAINT ck_things_amount CHECK (amount BETWEEN 0 AND 9 AND length(code) > 0),
    CONSTRAINT ck_things_size CHECK (size > 0)
);
CREATE INDEX idx_things_note ON {app}things (note) WHERE note IS NOT NULL;
CREATE INDEX idx_things_size ON {app}things (size);
CREATE TABLE {app}parts (
    id {int} NOT NULL CONSTRAINT pk_parts PRIMARY KEY,
    thing_id {uuid} NOT NULL,
    user_id {uuid},
    seller_id {uuid},
    CONSTRAINT fk_parts_things FOREIGN KEY (thing_id) REFERENCES {app}things (id) ON DELETE CASCADE
);
CREATE INDEX idx_parts_thing_id ON {app}parts (thing_id);
CREATE INDEX idx_parts_user_id ON {app}parts (user_id);
CREATE VIEW {app}noted AS SELECT id, note FROM {app}things WHERE note IS NOT NULL;
";

const POSTGRES_UP: &str = "
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER trg_things_touch BEFORE UPDATE ON app.things FOR EACH ROW EXECUTE FUNCTION app.touch();
COMMENT ON TABLE app.things IS 'What there is.';
COMMENT ON COLUMN app.things.note IS 'Said about it.';
CREATE TYPE app.mood AS ENUM ('good', 'bad');
CREATE SEQUENCE app.numbers;
CREATE TABLE app.\"order\" (\"from\" integer NOT NULL, at timestamptz NOT NULL, CONSTRAINT pk_order PRIMARY KEY (\"from\", at),
    CONSTRAINT ck_order_from CHECK (\"from\" > 0)) PARTITION BY RANGE (at);
CREATE INDEX idx_order_at ON app.\"order\" (at);
CREATE TABLE app.order_rest PARTITION OF app.\"order\" DEFAULT;
CREATE TABLE app.order_2026 PARTITION OF app.\"order\" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
ALTER TABLE app.parts ENABLE ROW LEVEL SECURITY;
CREATE POLICY pol_parts ON app.parts FOR SELECT USING (id > 0);
";

const SQLITE_UP: &str = "
CREATE TRIGGER trg_things_touch AFTER UPDATE ON things FOR EACH ROW BEGIN SELECT 1; END;
";

/// `core` with users, and `shop` whose parts point to them.
fn databases(workspace: &Workspace) -> Vec<Descriptor> {
    let down = "-- atriz: irreversible \"a test\"\n";
    workspace
        .migration_only(Engine::Postgres, "core", SCHEMA, "CREATE SCHEMA app;", "DROP SCHEMA app;")
        .migration("core", THINGS, "CREATE TABLE {app}users (id {uuid} NOT NULL PRIMARY KEY, deleted_at {time});", down)
        .migration_only(Engine::Postgres, "shop", SCHEMA, "CREATE SCHEMA app;", "DROP SCHEMA app;")
        .migration_on(Engine::Postgres, "shop", THINGS, &format!("{THINGS_UP}{POSTGRES_UP}"), down)
        .migration_on(Engine::Sqlite, "shop", THINGS, &format!("{THINGS_UP}{SQLITE_UP}"), down);
    let users = ("core", "users");
    let shop = workspace.descriptor("shop").after("core").reference("parts", "user_id", users, OnErase::Anonymise);
    vec![workspace.descriptor("core"), shop.reference("parts", "seller_id", users, OnErase::Erase)]
}

/// A look at some of the databases.
async fn look_at(test: &TestFleet, names: &[&str]) -> Live {
    let server = match test.engine {
        Engine::Postgres => Some(Server::of_tests().await.unwrap()),
        Engine::Sqlite => None,
    };
    let request =
        LiveRequest { fleet: test.fleet.clone(), plan: test.plan_of(names), context: test.context.clone(), server };
    live(request).await.unwrap()
}

/// The findings about `shop`, a line each.
async fn told(test: &TestFleet) -> Vec<Finding> {
    look_at(test, &["shop"]).await.findings().cloned().collect()
}

fn lines(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Runs statements as the owner of a database, each by itself.
async fn run(test: &TestFleet, database: &str, statements: &[String]) {
    let session = test.session(database).await;
    for sql in statements.iter().filter(|sql| !sql.starts_with("--") && !sql.starts_with("SELECT")) {
        execute(&session.connection, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    session.close().await;
}

/// A real database by its files alone.
fn real(name: &str, schemas: &[&str]) -> Descriptor {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations").join(name);
    let database = Descriptor::new(name, name, &format!("apps/{name}")).migrations(FileSet::folder(folder));
    schemas.iter().fold(database, |database, schema| database.schema(schema))
}

both_engines! {
    async fn nothing_is_wrong_with_new_databases(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        let seen = look_at(&test, &[]).await;
        assert!(seen.is_good(), "{}", lines(&seen.findings().cloned().collect::<Vec<_>>()));
        assert_eq!(seen.databases.iter().map(|one| one.references).collect::<Vec<_>>(), [0, 2]);
        assert!(seen.databases.iter().all(|one| one.notes.is_empty()), "{seen:#?}");
    }

    async fn nothing_is_wrong_with_the_real_databases(engine) {
        let all = vec![
            atriz_testing::atriz_core::descriptor(),
            real("atriz", &["master", "app"]),
            real("mextrack", &["fleet"]),
            real("pshop", &["catalog", "stock", "sales"]),
        ];
        let test = TestFleet::prepared(engine, all).await;
        if engine == Engine::Postgres {
            // Partitions made while the database runs are none of its folder's business.
            let session = test.session("mextrack").await;
            execute(&session.connection, "SELECT fleet.ensure_tracking_partitions(DATE '2030-01-01', 3)").await.unwrap();
            execute(&session.connection, "SELECT fleet.drop_tracking_partitions(DATE '2026-03-01')").await.unwrap();
            session.close().await;
        }
        let seen = look_at(&test, &[]).await;
        assert!(seen.is_good(), "{}", lines(&seen.findings().cloned().collect::<Vec<_>>()));
        assert_eq!(seen.databases.len(), 4);
        assert!(seen.databases.iter().all(|one| one.notes.is_empty()), "{seen:#?}");
    }
}
