//! What is recorded of a seed: which rows are its own, and whether it has to be compared again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use atriz_db::catalog::{OnErase, SeedSet};
use atriz_db::migrate::Limit;
use atriz_db::progress::{Event, Observer};
use atriz_db::seed::{SeedContext, SeedError, SeedOutcome};
use atriz_db::{Consent, Engine, SeedReportOf, SeedRequest, Session};
use atriz_kernel::seed_id;
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number, texts};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use crate::entities::{descriptor, workspace};
use crate::support::{id, inner, yes};

const FILE: &str = "reference/01_things.csv";
const THINGS: &str = "code*,name\na,A\nb,B\nc,C\n";

async fn fleet(engine: Engine, workspace: &Workspace) -> (TestFleet, Session) {
    let test = TestFleet::migrated(engine, vec![descriptor(workspace)]).await;
    let session = test.session("core").await;
    (test, session)
}

fn all(test: &TestFleet) -> SeedRequest {
    SeedRequest { plan: test.plan(), sets: Vec::new(), skip_known: true }
}

/// As `db seed` does: what is known is skipped.
async fn seed(test: &TestFleet) -> SeedReportOf {
    test.fleet.seed(&all(test), &test.context).await.unwrap().remove(0)
}

async fn take_back(test: &TestFleet) -> (u64, u64) {
    let total = test.fleet.take_back_seeds(&all(test), &yes(), &test.context).await.unwrap()[0].total;
    (total.inserted, total.unchanged)
}

/// What nobody agreed to lose.
async fn refusal(test: &TestFleet) -> String {
    test.fleet.take_back_seeds(&all(test), &Consent::default(), &test.context).await.unwrap_err().to_string()
}

async fn codes(session: &Session) -> Vec<String> {
    texts(&session.connection, "SELECT code FROM things ORDER BY code").await
}

fn uuid(engine: Engine, code: &str) -> String {
    match engine {
        Engine::Postgres => format!("'{}'", seed_id("things", code)),
        Engine::Sqlite => format!("x'{}'", seed_id("things", code).simple()),
    }
}

/// A thing of somebody's own, under the id that a seed would give it.
async fn insert(engine: Engine, session: &Session, code: &str, name: &str) {
    let (id, time) = (uuid(engine, code), "'2026-01-01T00:00:00+00:00'");
    let sql = format!(
        "INSERT INTO things (id, code, name, version, created_at, updated_at) VALUES ({id}, '{code}', '{name}', 1, {time}, {time})"
    );
    execute(&session.connection, &sql).await.unwrap();
}

both_engines! {
    async fn rows_that_went_come_back_after_a_part_was_taken_back(engine) {
        let workspace = workspace();
        workspace.seed("core", FILE, THINGS);
        let (test, session) = fleet(engine, &workspace).await;
        seed(&test).await;
        execute(&session.connection, "INSERT INTO parts (thing_id, label) SELECT id, 'mine' FROM things WHERE code = 'b'").await.unwrap();
        assert_eq!(refusal(&test).await, "`seed --down` would lose 3 rows in 1 table of core, and nobody agreed");
        assert_eq!(take_back(&test).await, (2, 1));
        assert_eq!(refusal(&test).await, "`seed --down` would lose 1 row in 1 table of core, and nobody agreed");
        assert_eq!(seed(&test).await.total.inserted, 2);
        assert_eq!(codes(&session).await, ["a", "b", "c"]);
        assert_eq!(seed(&test).await.files[0].outcome, None);
        execute(&session.connection, "DELETE FROM parts").await.unwrap();
        assert_eq!(take_back(&test).await, (3, 0));
    }

    async fn a_way_back_makes_every_record_old(engine) {
        const VERSION: &str = "20260101000300_create_notes";
        let workspace = workspace();
        workspace.migration("core", "20260101000200_empty_things", "SELECT 1;", "DELETE FROM {app}things;");
        workspace.migration("core", VERSION, "SELECT 1;", "SELECT 1;");
        workspace.seed("core", FILE, THINGS).seed("core", "reference/02_things.csv", "code*,name\nd,D\n");
        let (test, session) = fleet(engine, &workspace).await;
        assert_eq!(seed(&test).await.total.inserted, 4);
        // Both files fill one table again, though the first leaves rows there before the second is looked at.
        let back = async |count| {
            test.fleet.rollback("core", &Limit::Count(count), &yes(), &test.context).await.unwrap();
            test.migrate_all().await;
        };
        back(2).await;
        assert_eq!(codes(&session).await, [""; 0]);
        // A record whose rows have gone announces no loss, and there is nothing to take back.
        assert!(test.fleet.take_back_seeds(&all(&test), &Consent::default(), &test.context).await.unwrap()[0].files.is_empty());
        assert_eq!(seed(&test).await.total.inserted, 4);
        assert_eq!(refusal(&test).await, "`seed --down` would lose 4 rows in 2 tables of core, and nobody agreed");
        // One that took no rows away leaves them the seeds' own, once these were compared.
        back(1).await;
        assert_eq!(seed(&test).await.total, SeedOutcome { unchanged: 4, ..SeedOutcome::default() });
        assert!(seed(&test).await.files.iter().all(|file| file.outcome.is_none()));
        assert_eq!(take_back(&test).await, (4, 0));
    }

    async fn what_somebody_made_after_a_way_back_is_theirs(engine) {
        let workspace = workspace();
        workspace.migration("core", "20260101000200_empty_things", "SELECT 1;", "DELETE FROM {app}things;");
        workspace.seed("core", FILE, THINGS);
        let (test, session) = fleet(engine, &workspace).await;
        seed(&test).await;
        test.fleet.rollback("core", &Limit::Count(1), &yes(), &test.context).await.unwrap();
        test.migrate_all().await;
        insert(engine, &session, "a", "A").await;
        assert_eq!(seed(&test).await.total.inserted, 2);
        assert_eq!(take_back(&test).await, (2, 0));
        assert_eq!(codes(&session).await, ["a"]);
    }

    async fn a_row_that_only_a_later_file_names_is_not_its_own(engine) {
        let workspace = workspace();
        workspace.seed("core", FILE, THINGS);
        let (test, session) = fleet(engine, &workspace).await;
        seed(&test).await;
        insert(engine, &session, "z", "Z").await;
        workspace.seed("core", FILE, &format!("{THINGS}z,Z\n"));
        assert_eq!(seed(&test).await.total.inserted, 0);
        assert_eq!(take_back(&test).await, (3, 0));
        assert_eq!(codes(&session).await, ["z"]);
    }

    async fn a_row_whose_other_columns_somebody_changed_stays(engine) {
        let workspace = workspace();
        workspace.seed("core", FILE, THINGS).seed("core", "reference/02_parts.csv", "thing:code,label\na,one\nb,two\n");
        let (test, session) = fleet(engine, &workspace).await;
        seed(&test).await;
        // No column of time tells of these two: they no longer hold their defaults.
        execute(&session.connection, "UPDATE things SET amount = 7 WHERE code = 'c'").await.unwrap();
        execute(&session.connection, "UPDATE parts SET note = 'mine' WHERE label = 'two'").await.unwrap();
        assert_eq!(take_back(&test).await, (2, 3));
        assert_eq!(codes(&session).await, ["b", "c"]);
    }

    async fn a_row_that_was_changed_and_changed_back_stays(engine) {
        let workspace = workspace();
        workspace.seed("core", FILE, THINGS);
        let (test, session) = fleet(engine, &workspace).await;
        seed(&test).await;
        let change = async |set: &str, time: &str| {
            let sql = format!("UPDATE things SET {set}, updated_at = '{time}'");
            execute(&session.connection, &format!("{sql} WHERE code = 'b'")).await.unwrap();
        };
        change("name = name", "2026-02-01T12:00:01+00:00").await;
        assert_eq!(take_back(&test).await, (2, 1));
        assert_eq!(codes(&session).await, ["b"]);
    }

    async fn a_later_run_is_no_users_change_and_hides_none(engine) {
        let workspace = workspace();
        workspace.seed("core", FILE, THINGS);
        let (test, session) = fleet(engine, &workspace).await;
        seed(&test).await;
        test.clock.advance(Duration::from_mins(1));
        execute(&session.connection, "UPDATE things SET name = 'mine', amount = 7, updated_at = '2026-02-01T12:00:30+00:00' WHERE code = 'b'").await.unwrap();
        test.clock.advance(Duration::from_mins(1));
        workspace.seed("core", FILE, &THINGS.replace(",A", ",Another"));
        assert_eq!(seed(&test).await.total.changed, 2);
        execute(&session.connection, "UPDATE things SET amount = NULL WHERE code = 'b'").await.unwrap();
        // a was changed by the seed alone; b was somebody's before the seed wrote over it.
        assert_eq!(take_back(&test).await, (2, 0));
        assert_eq!(codes(&session).await, ["b"]);
    }

    async fn constant_defaults_are_compared_and_others_are_not(engine) {
        let workspace = workspace();
        let now = match engine { Engine::Postgres => "now()", Engine::Sqlite => "(strftime('%s', 'now'))" };
        let time = match engine { Engine::Postgres => "timestamptz", Engine::Sqlite => "TEXT" };
        let up = format!("DROP TABLE {{app}}parts; CREATE TABLE {{app}}parts (thing_id {{uuid}} NOT NULL, label text NOT NULL, note text, \
            size {{big}} NOT NULL DEFAULT 5, word text DEFAULT 'it''s', made {time} DEFAULT {now}, CONSTRAINT pk_parts PRIMARY KEY (thing_id, label)){{strict}};");
        workspace.migration_on(engine, "core", "20260101000200_widen_parts", &up, "SELECT 1;");
        workspace.migration_on(engine.other(), "core", "20260101000200_widen_parts", "SELECT 1;", "SELECT 1;");
        workspace.seed("core", FILE, THINGS).seed("core", "reference/02_parts.csv", "thing:code,label\na,one\na,two\nb,three\n");
        let (test, session) = fleet(engine, &workspace).await;
        seed(&test).await;
        execute(&session.connection, "UPDATE parts SET size = 6 WHERE label = 'one'").await.unwrap();
        execute(&session.connection, "UPDATE parts SET word = 'other' WHERE label = 'two'").await.unwrap();
        take_back(&test).await;
        assert_eq!(texts(&session.connection, "SELECT label FROM parts ORDER BY 1").await, ["one", "two"]);
    }

    async fn a_way_back_in_rust_waits_for_consent(engine) {
        async fn add(transaction: &DatabaseTransaction, _: &SeedContext) -> Result<SeedOutcome, SeedError> {
            let sql = "INSERT INTO things (id, code, name, version, created_at, updated_at) \
                SELECT id, 'x', 'X', 1, at, at FROM (SELECT {id} AS id, {at} AS at) one WHERE true ON CONFLICT DO NOTHING";
            let (id, at) = match transaction.get_database_backend() {
                sea_orm::DbBackend::Sqlite => (id(Engine::Sqlite, 1), "'2026-02-01T12:00:00+00:00'"),
                _ => (format!("{}::uuid", id(Engine::Postgres, 1)), "'2026-02-01T12:00:00+00:00'::timestamptz"),
            };
            let done = transaction.execute_unprepared(&sql.replace("{id}", &id).replace("{at}", at)).await;
            let inserted = done.map_err(|error| SeedError::function("things", &error))?.rows_affected();
            Ok(SeedOutcome { inserted, unchanged: 1 - inserted, ..SeedOutcome::default() })
        }
        async fn remove(transaction: &DatabaseTransaction, _: &SeedContext) -> Result<SeedOutcome, SeedError> {
            let done = transaction.execute_unprepared("DELETE FROM things").await.map_err(|error| SeedError::function("things", &error))?;
            Ok(SeedOutcome { inserted: done.rows_affected(), ..SeedOutcome::default() })
        }
        let workspace = workspace();
        let database = descriptor(&workspace)
            .seed_function(SeedSet::Demo, "01_things", Arc::new(|transaction, context| Box::pin(add(transaction, context))))
            .seed_function_back(Arc::new(|transaction, context| Box::pin(remove(transaction, context))));
        let test = TestFleet::migrated(engine, vec![database]).await;
        let session = test.session("core").await;
        insert(engine, &session, "mine", "Mine").await;
        // It never ran, so its way back does not.
        assert!(test.fleet.take_back_seeds(&all(&test), &Consent::default(), &test.context).await.unwrap()[0].files.is_empty());
        assert_eq!(codes(&session).await, ["mine"]);
        seed(&test).await;
        // A second run inserts nothing, and the way back would still take its row.
        seed(&test).await;
        assert_eq!(refusal(&test).await, "`seed --down` would lose 1 row in 1 table of core, and nobody agreed");
        assert_eq!(codes(&session).await, ["mine", "x"]);
        assert_eq!(take_back(&test).await, (2, 0));
        assert_eq!(number(&session.connection, "SELECT count(*) FROM seed_history").await, 0);
    }
}

/// Keeps what is told of missing parents.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Observer for Told {
    fn event(&self, event: &Event<'_>) {
        if let Event::ParentsMissing { database, table, rows, parents, other } = event {
            let line = format!("{database}: {rows} {table} refer to {parents} of {other}");
            self.0.lock().unwrap().push(line);
        }
    }
}

both_engines! {
    async fn rows_that_refer_to_none_of_another_database_are_told(engine) {
        let workspace = workspace();
        workspace.seed("core", FILE, THINGS);
        workspace.migration_only(engine, "shop", "20260101000000_create_schemas",
            if engine == Engine::Postgres { "CREATE SCHEMA app;" } else { "SELECT 1;" }, "SELECT 1;");
        workspace.migration("shop", "20260101000100_create_parts",
            "CREATE TABLE {app}parts (thing_id {uuid} NOT NULL, label text NOT NULL, note text, PRIMARY KEY (thing_id, label)){strict};", "DROP TABLE {app}parts;");
        workspace.seed("shop", "demo/01_parts.csv", "thing:code,label\na,one\na,two\nb,three\n");
        let shop = workspace.descriptor("shop").after("core").entity::<crate::entities::parts::Entity>();
        let shop = shop.reference("parts", "thing_id", ("core", "things"), OnErase::Erase);
        let mut test = TestFleet::migrated(engine, vec![descriptor(&workspace), shop]).await;
        let told = Arc::new(Told::default());
        test.context.observer = Arc::clone(&told) as Arc<_>;
        let lines = || std::mem::take(&mut *told.0.lock().unwrap());
        let only = SeedRequest { plan: test.fleet.catalog.plan(&["shop".to_owned()]).unwrap(), ..all(&test) };
        test.fleet.seed(&only, &test.context).await.unwrap();
        assert_eq!(lines(), ["shop: 3 parts refer to things of core"]);
        // Nothing was written, and so nothing is told again.
        test.fleet.seed(&only, &test.context).await.unwrap();
        assert_eq!(lines(), [""; 0]);
        test.fleet.seed(&all(&test), &test.context).await.unwrap();
        workspace.seed("shop", "demo/02_parts.csv", "thing:code,label\na,four\n");
        test.fleet.seed(&only, &test.context).await.unwrap();
        assert_eq!(lines(), [""; 0]);
    }
}

#[test]
fn a_table_that_somebody_holds_is_named_with_the_file() {
    atriz_testing::run(Engine::Postgres, "seed_record::locked", async |engine| {
        let workspace = workspace();
        workspace.seed("core", FILE, THINGS);
        let (test, session) = fleet(engine, &workspace).await;
        execute(&session.connection, "BEGIN; LOCK TABLE app.things").await.unwrap();
        let since = std::time::Instant::now();
        let error = inner(test.fleet.seed(&all(&test), &test.context).await.unwrap_err());
        assert!(
            error
                .to_string()
                .contains("reference/01_things.csv: a table it needs is locked, and was not freed within 3 s, held by"),
            "{error}"
        );
        assert!(error.hint().contains("end the session that holds the table"), "{}", error.hint());
        assert!(since.elapsed() < Duration::from_secs(20), "{:?}", since.elapsed());
        execute(&session.connection, "ROLLBACK").await.unwrap();
        assert_eq!(seed(&test).await.total.inserted, 3);
    });
}
