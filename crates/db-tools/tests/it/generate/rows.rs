//! What becomes of rows.

use atriz_db::Engine;
use atriz_db::migrate::Limit;
use atriz_db_tools::logical::Action::{Cascade, SetNull};
use atriz_db_tools::logical::ColumnType::{self, BigInteger, Boolean, Integer, Text, Timestamp, Uuid, Varchar};
use atriz_testing::{TestFleet, Workspace, both_engines, execute, texts};

use super::{Entities, Entity, generated, text};

fn id(engine: Engine, number: u8) -> String {
    match engine {
        Engine::Postgres => format!("'00000000-0000-0000-0000-0000000000{number:02x}'"),
        Engine::Sqlite => format!("x'000000000000000000000000000000{number:02x}'"),
    }
}

fn before() -> Entities {
    Entities::of([
        Entity::new("things")
            .column("amount", Text)
            .nullable("note", Text)
            .column("old", BigInteger)
            .column("active", Boolean),
        Entity::new("parts").column("thing_id", Uuid).refers("thing_id", "things", Cascade),
    ])
}

fn after() -> Entities {
    Entities::of([
        Entity::new("things")
            .column("amount", BigInteger)
            .column("remark", Text)
            .was("note")
            .column("active", BigInteger)
            .default("kind", Text, "'new'")
            .nullable("updated_at", Timestamp)
            .unique(&["remark"]),
        Entity::new("parts").column("thing_id", Uuid).refers("thing_id", "things", Cascade),
    ])
}

/// A thing with a part, behind the first migration; the second is there.
async fn fleet(engine: Engine, workspace: &Workspace) -> TestFleet {
    generated(workspace, before().logical(), "create_all").await;
    let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
    let session = test.session("core").await;
    let (one, two) = (id(engine, 1), id(engine, 2));
    let thing = format!("INSERT INTO things (id, amount, note, old, active) VALUES ({one}, '7', 'it''s', 4, 1 = 1)");
    execute(&session.connection, &thing).await.unwrap();
    execute(&session.connection, &format!("INSERT INTO parts (id, thing_id) VALUES ({two}, {one})")).await.unwrap();
    session.close().await;
    generated(workspace, after().logical(), "change_all").await;
    test
}

async fn read(test: &TestFleet, sql: &str) -> Vec<String> {
    let session = test.session("core").await;
    let found = texts(&session.connection, sql).await;
    session.close().await;
    found
}

both_engines! {
    async fn they_stay_there_and_back(engine) {
        let workspace = Workspace::new();
        let test = fleet(engine, &workspace).await;
        let count = test.migrate_all().await[0].applied.len();
        let sql = "SELECT (amount + 1) || ' ' || remark || ' ' || active || ' ' || kind FROM things";
        assert_eq!(read(&test, sql).await, ["8 it's 1 new"]);
        let joined = "SELECT 'a part' FROM parts JOIN things ON things.id = parts.thing_id";
        assert_eq!(read(&test, joined).await, ["a part"]);
        let consent = atriz_db::Consent { yes: true, ..Default::default() };
        test.fleet.rollback("core", &Limit::Count(count), &consent, &test.context).await.unwrap();
        // What was lost is filled in, so that the column takes no NULL again.
        let sql = "SELECT amount || ' ' || note || ' ' || old || ' ' || CASE WHEN active THEN 'yes' ELSE 'no' END FROM things";
        assert_eq!(read(&test, sql).await, ["7 it's 0 yes"]);
        assert_eq!(read(&test, joined).await, ["a part"]);
    }

    async fn the_trigger_fills_the_time_in(engine) {
        let workspace = Workspace::new();
        let test = fleet(engine, &workspace).await;
        test.migrate_all().await;
        let session = test.session("core").await;
        execute(&session.connection, "UPDATE things SET kind = 'other'").await.unwrap();
        session.close().await;
        assert_eq!(read(&test, "SELECT 'filled' FROM things WHERE updated_at IS NOT NULL").await, ["filled"]);
    }

    async fn a_crash_at_any_place_is_made_good(engine) {
        let workspace = Workspace::new();
        generated(&workspace, before().logical(), "create_all").await;
        generated(&workspace, after().logical(), "change_all").await;
        let verified = crate::verify::proved(engine, workspace.descriptor("core")).await;
        assert!(verified.is_good(), "{verified}\n{:#?}", verified.faults().collect::<Vec<_>>());
    }
}

/// A thing whose amount is `value` does not become one of another type, and stays as it was.
async fn refused(engine: Engine, from: ColumnType, to: ColumnType, value: &str) {
    let workspace = Workspace::new();
    let things = |kind| Entities::of([Entity::new("things").column("amount", kind)]).logical();
    generated(&workspace, things(from), "create_things").await;
    let test = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
    let session = test.session("core").await;
    let sql = format!("INSERT INTO things (id, amount) VALUES ({}, {value})", id(engine, 1));
    execute(&session.connection, &sql).await.unwrap();
    session.close().await;
    let change = generated(&workspace, things(to), "change_amount").await;
    assert!(!change.is_undecided(), "{}", text(&change));
    let reports = test.migrate().await.unwrap();
    assert!(!reports[0].is_done(), "{engine}: {reports:#?}");
    let kept = read(&test, "SELECT CAST(amount AS TEXT) FROM things").await;
    assert_eq!(kept, [value.trim_matches('\'')]);
}

both_engines! {
    async fn text_that_is_no_number_is_refused(engine) {
        refused(engine, Text, BigInteger, "'seven'").await;
    }

    async fn text_that_is_too_long_is_refused(engine) {
        refused(engine, Text, Varchar(Some(4)), "'seven'").await;
        refused(engine, Varchar(Some(9)), Varchar(Some(4)), "'seven'").await;
    }

    async fn a_number_that_is_neither_yes_nor_no_is_refused(engine) {
        refused(engine, Integer, Boolean, "2").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rows_would_stop_is_told() {
    let workspace = Workspace::new();
    let things = || Entity::new("things").column("code", Text);
    let before = [things(), Entity::new("parts").nullable("note", Text).column("thing_id", Uuid)];
    generated(&workspace, Entities::of(before).logical(), "create_all").await;
    let parts =
        Entity::new("parts").column("note", Text).column("thing_id", Uuid).refers("thing_id", "things", SetNull);
    let wanted = Entities::of([things().unique(&["code"]), parts]).logical();
    let notes = generated(&workspace, wanted, "change_all").await.notes.join("\n");
    for said in ["parts.note takes NULL no more", "(code) of ", "sets thing_id to NULL at each deletion there"] {
        assert!(notes.contains(said), "{notes}");
    }
}
