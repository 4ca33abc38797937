//! The plan of real databases.

use atriz_db::migrate::Limit;
use atriz_db::{Engine, Error, MigrateRequest, Session, Target};
use atriz_db_tools::plan::{Blocks, CarefulKind, MigrationPlan, plan};
use atriz_testing::{Login, TestFleet, Workspace, both_engines, execute, for_engine, texts};

const PRODUCTS: &str = "CREATE TABLE {app}products (
    id {big} CONSTRAINT pk_products PRIMARY KEY,
    name varchar(50) NOT NULL,
    price {int},
    note text
);";

const ORDERS: &str = "-- New tables keep nobody waiting, in this file or in a later one.
CREATE TABLE {app}orders (
    id {big} CONSTRAINT pk_orders PRIMARY KEY,
    product_id {big} NOT NULL CONSTRAINT fk_orders_products REFERENCES {app}products (id)
);
CREATE INDEX idx_orders_product_id ON {app}orders (product_id);
ALTER TABLE {app}orders RENAME TO purchases;";

const CHANGES: [(Engine, &str); 2] = [
    (
        Engine::Postgres,
        "ALTER TABLE app.products ALTER COLUMN name TYPE varchar(200);
         ALTER TABLE app.products ALTER COLUMN price TYPE bigint;
         ALTER TABLE app.products ADD COLUMN weight integer, ALTER COLUMN note SET DEFAULT 'a note that is long enough to be cut off';
         CREATE INDEX idx_purchases_id ON app.purchases (id);
         CREATE INDEX idx_products_name ON app.products (name);
         UPDATE app.products SET note = 'x';
         ALTER TABLE app.products ADD CONSTRAINT ck_products_note CHECK (note IS NOT NULL) NOT VALID;
         ALTER TABLE app.products VALIDATE CONSTRAINT ck_products_note;
         ALTER TABLE app.products ALTER COLUMN note SET NOT NULL;
         DO $$ BEGIN PERFORM 1; END $$;",
    ),
    (
        Engine::Sqlite,
        "ALTER TABLE products ADD COLUMN weight INTEGER;
         CREATE INDEX idx_products_name ON products (name);
         CREATE INDEX idx_purchases_id ON purchases (id);
         UPDATE products SET note = 'x';
         ALTER TABLE products DROP COLUMN note;",
    ),
];

const INDEXES: [(Engine, &str); 2] = [
    (Engine::Postgres, "CREATE INDEX CONCURRENTLY idx_products_price ON app.products (price);"),
    (Engine::Sqlite, "CREATE INDEX idx_products_price ON products (price);"),
];

/// A shop that comes after `core`, with a table of its own and changes behind it.
fn workspace() -> Workspace {
    let workspace = Workspace::new();
    workspace.migration(
        "core",
        "20260101000000_create_people",
        "CREATE TABLE people (id {big});",
        "DROP TABLE people;",
    );
    workspace.migration_only(
        Engine::Postgres,
        "shop",
        "20260101000000_create_schemas",
        "CREATE SCHEMA app;",
        "DROP SCHEMA app;",
    );
    workspace.migration("shop", "20260101000100_create_products", PRODUCTS, "DROP TABLE {app}products;");
    workspace
}

fn changes(workspace: &Workspace) {
    workspace.migration("shop", "20260201000000_create_orders", ORDERS, "DROP TABLE {app}purchases;");
    for (engine, up) in CHANGES {
        workspace.migration_on(engine, "shop", "20260201000100_change_products", up, "SELECT 1;");
    }
    for (engine, up) in INDEXES {
        let down = "DROP INDEX {app}idx_products_price;";
        workspace.migration_on(engine, "shop", "20260201000200_index_products", up, down);
    }
}

async fn fleet(engine: Engine, workspace: &Workspace) -> TestFleet {
    TestFleet::created(engine, vec![workspace.descriptor("core"), workspace.descriptor("shop").after("core")]).await
}

async fn plan_of(test: &TestFleet, names: &[&str]) -> Result<MigrationPlan, Error> {
    let request = MigrateRequest { plan: test.plan_of(names), limit: Limit::All };
    plan(&test.fleet, &request, &test.context).await
}

/// The shop with 300 products and changes that are pending.
async fn with_products(engine: Engine, workspace: &Workspace) -> TestFleet {
    let test = fleet(engine, workspace).await;
    test.migrate_all().await;
    let session = test.session("shop").await;
    let rows = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300)
                INSERT INTO {app}products (id, name, price) SELECT n, 'product', n FROM n";
    execute(&session.connection, &for_engine(engine, rows)).await.unwrap();
    if engine == Engine::Postgres {
        execute(&session.connection, "ANALYZE app.products").await.unwrap();
    }
    session.close().await;
    changes(workspace);
    test
}

/// Every object of the database.
async fn objects(session: &Session) -> Vec<String> {
    let sql = match session.engine {
        Engine::Postgres => {
            "SELECT n.nspname || '.' || c.relname || ' ' || coalesce(c.relfilenode::text, '') FROM pg_class c \
             JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname !~ '^pg_|^information_schema$' ORDER BY 1"
        }
        Engine::Sqlite => "SELECT type || ' ' || name || ' ' || rootpage FROM sqlite_schema ORDER BY 1",
    };
    texts(&session.connection, sql).await
}

fn snapshot(test: &TestFleet, name: &str, plan: &str) {
    let shown =
        plan.replace(&test.target("shop").describe(), "[SHOP]").replace(&test.target("core").describe(), "[CORE]");
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(format!("plan_{name}_{}", test.engine), shown));
}

both_engines! {
    async fn a_plan_tells_who_waits(engine) {
        let workspace = workspace();
        let test = with_products(engine, &workspace).await;
        let session = test.session("shop").await;
        let before = objects(&session).await;
        let plan = plan_of(&test, &[]).await.unwrap();
        assert_eq!(objects(&session).await, before, "a plan changes nothing");
        snapshot(&test, "text", &plan.text(false));
        snapshot(&test, "full", &plan.text(true));
        snapshot(&test, "json", &serde_json::to_string_pretty(&plan).unwrap());
        session.close().await;
        test.migrate_all().await;
        assert_eq!(plan_of(&test, &[]).await.unwrap().text(false), "nothing is pending");
    }

    async fn a_database_that_was_never_migrated(engine) {
        let workspace = workspace();
        let test = fleet(engine, &workspace).await;
        changes(&workspace);
        let session = test.session("shop").await;
        let before = objects(&session).await;
        let plan = plan_of(&test, &["core", "shop"]).await.unwrap();
        assert_eq!(objects(&session).await, before, "no tracking table, no schema");
        assert_eq!(plan.databases.len(), 2);
        let waiting = plan.summary.careful.iter().filter(|one| one.kind != CarefulKind::Unknown).count();
        assert_eq!(waiting, 0, "everything is new: {:#?}", plan.summary.careful);
    }

    async fn a_database_that_is_not_there(engine) {
        let workspace = workspace();
        let test = TestFleet::new(engine, vec![workspace.descriptor("core"), workspace.descriptor("shop").after("core")]);
        let plan = plan_of(&test, &[]).await.unwrap();
        assert!(plan.databases.iter().all(|database| !database.exists), "{plan:#?}");
        let text = plan.text(false);
        assert!(text.contains("does not exist yet: `cargo xtask db create` makes it"), "{text}");
        assert!(text.contains("CREATE TABLE"), "{text}");
        assert!(plan.refused.is_none());
        let again = plan_of(&test, &[]).await.unwrap();
        assert!(again.databases.iter().all(|database| !database.exists), "the first look made nothing");
    }

    async fn what_migrate_refuses_is_told(engine) {
        let workspace = workspace();
        let test = fleet(engine, &workspace).await;
        let plan = plan_of(&test, &["shop"]).await.unwrap();
        assert!(matches!(plan.refused, Some(Error::Behind { pending: 1, .. })), "{:?}", plan.refused);
        assert!(!plan.databases.is_empty(), "the plan is told all the same");
        let request = MigrateRequest { plan: test.plan(), limit: Limit::To("20269999".to_owned()) };
        let error = atriz_db_tools::plan::plan(&test.fleet, &request, &test.context).await.unwrap_err();
        assert!(error.to_string().contains("20269999"), "{error}");
        test.migrate_all().await;
        workspace.migration("shop", "20260101000100_create_products", "CREATE TABLE {app}other (id {int});", "SELECT 1;");
        let error = plan_of(&test, &[]).await.unwrap_err();
        assert!(error.to_string().contains("has changed since it was applied"), "{error}");
    }
}

/// An app's login has no right to the journal and none to change the structure; it plans by the history.
#[test]
fn a_role_without_rights_to_change_can_plan() {
    atriz_testing::run(Engine::Postgres, "plan::a_role_without_rights_to_change_can_plan", |engine| async move {
        let workspace = workspace();
        let mut test = with_products(engine, &workspace).await;
        let as_owner = plan_of(&test, &["shop"]).await.unwrap().text(false);
        let login = Login::of_app(&test, "shop").await;
        let Some(Target::Postgres(target)) = test.fleet.configuration.targets.get_mut("shop") else { panic!() };
        target.migrate = None;
        target.app = Some(login.options().clone());
        let plan = plan_of(&test, &["core", "shop"]).await.unwrap();
        assert_eq!(plan.text(false), as_owner);
        assert!(plan.databases[0].migrations[1].statements.iter().any(|one| one.blocks == Blocks::ReadsAndWrites));
    });
}

/// Somebody's lock on a table keeps no plan waiting.
#[test]
fn a_locked_table_keeps_no_plan_waiting() {
    atriz_testing::run(Engine::Postgres, "plan::a_locked_table_keeps_no_plan_waiting", |engine| async move {
        let workspace = workspace();
        let test = fleet(engine, &workspace).await;
        test.migrate_all().await;
        changes(&workspace);
        let session = test.session("shop").await;
        let transaction = session.begin().await.unwrap();
        execute(&transaction, "LOCK TABLE app.products").await.unwrap();
        let plan = tokio::time::timeout(std::time::Duration::from_secs(10), plan_of(&test, &["core", "shop"])).await;
        let plan = plan.expect("it does not wait").unwrap();
        let careful = &plan.summary.careful;
        assert!(careful.iter().any(|one| one.kind == CarefulKind::Rewrite && one.rows.is_none()), "{careful:#?}");
        transaction.rollback().await.unwrap();
    });
}
