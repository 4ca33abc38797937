//! Loading seeds.

use std::fmt::Write as _;
use std::time::Duration;

use atriz_db::{Engine, SeedReportOf, Session};
use atriz_kernel::seed_id;
use atriz_testing::{TestFleet, Workspace, both_engines, execute, number, run, texts};
use proptest::prelude::{ProptestConfig, Strategy, any, proptest};
use sea_orm::EntityTrait;

use crate::entities::{descriptor, parts, things, workspace};

const THINGS: &str = "reference/01_things.csv";
const CSV: &str = "code*,name,parent:code,amount,active,data,raw,on_day,happened_at,small,rate\n\
    root,The root,,1,true,\"{\"\"a\"\": [1, 2]}\",\\x00ff,2026-01-31,2026-01-31T08:00:00Z,7,1.5\n\
    leaf,\"A \"\"leaf\"\", quoted\",root,9007199254740993,false,,,,,,\n";

async fn fleet(engine: Engine, workspace: &Workspace) -> (TestFleet, Session) {
    let test = TestFleet::migrated(engine, vec![descriptor(workspace)]).await;
    let session = test.session("core").await;
    (test, session)
}

fn total(reports: &[SeedReportOf]) -> (u64, u64, u64) {
    (reports[0].total.inserted, reports[0].total.changed, reports[0].total.unchanged)
}

both_engines! {
    async fn the_first_run_inserts_and_the_second_changes_nothing(engine) {
        let workspace = workspace();
        workspace.seed("core", THINGS, CSV).seed("core", "demo/01_parts.csv", "thing:code,label,note\nroot,one,\nroot,two,x\n");
        let (test, session) = fleet(engine, &workspace).await;
        assert_eq!(total(&test.seed().await.unwrap()), (4, 0, 0));
        test.clock.advance(Duration::from_hours(1));
        let again = test.seed().await.unwrap();
        assert_eq!(total(&again), (0, 0, 4));
        let rows = things::Entity::find().all(&session.connection).await.unwrap();
        let root = rows.iter().find(|row| row.code == "root").unwrap();
        let leaf = rows.iter().find(|row| row.code == "leaf").unwrap();
        assert_eq!((root.id, leaf.parent_id), (seed_id("things", "root"), Some(seed_id("things", "root"))));
        assert_eq!(root.data, Some(serde_json::json!({ "a": [1, 2] })));
        assert_eq!((root.raw.clone(), root.active, root.rate, root.small), (Some(vec![0, 255]), Some(true), Some(1.5), Some(7)));
        assert_eq!(root.happened_at.unwrap().to_rfc3339(), "2026-01-31T08:00:00+00:00");
        assert_eq!(root.on_day.unwrap().to_string(), "2026-01-31");
        assert_eq!((leaf.name.as_str(), leaf.amount), ("A \"leaf\", quoted", Some(9_007_199_254_740_993)));
        assert_eq!((leaf.data.clone(), leaf.raw.clone(), leaf.happened_at), (None, None, None));
        assert_eq!(root.created_at.to_rfc3339(), "2026-02-01T12:00:00+00:00");
        let part = parts::Entity::find_by_id((root.id, "two".to_owned())).one(&session.connection).await.unwrap().unwrap();
        assert_eq!(part.note.as_deref(), Some("x"));
    }

    async fn a_changed_cell_changes_one_row_and_draws_a_version(engine) {
        let workspace = workspace();
        workspace.seed("core", THINGS, CSV);
        let (test, session) = fleet(engine, &workspace).await;
        test.seed().await.unwrap();
        let state = async || {
            let rows = things::Entity::find().all(&session.connection).await.unwrap();
            let mut rows: Vec<_> = rows.into_iter().map(|row| (row.code, row.version, row.updated_at.to_rfc3339(), row.created_at)).collect();
            rows.sort();
            rows
        };
        let before = state().await;
        assert_eq!((before[0].1, before[1].1), (1, 1));
        test.clock.advance(Duration::from_mins(1));
        workspace.seed("core", THINGS, &CSV.replace("The root", "Another root"));
        assert_eq!(total(&test.seed().await.unwrap()), (0, 1, 1));
        let after = state().await;
        assert_eq!(after[0], before[0]);
        assert_eq!((after[1].1, after[1].2.as_str(), after[1].3), (2, "2026-02-01T12:01:00+00:00", before[1].3));
        assert_eq!(number(&session.connection, "SELECT version FROM sync_scopes").await, 2);
        assert_eq!(texts(&session.connection, "SELECT name FROM things WHERE code = 'root'").await, ["Another root"]);
    }

    async fn json_says_the_same_as_csv(engine) {
        let json = r#"[{"code*": "root", "name": "The root", "parent:code": null, "amount": 1, "active": true, "data": {"a": [1, 2]},
            "raw": "\\x00ff", "on_day": "2026-01-31", "happened_at": "2026-01-31T08:00:00Z", "small": 7, "rate": 1.5},
            {"code*": "leaf", "name": "A \"leaf\", quoted", "parent:code": "root", "amount": 9007199254740993, "active": false,
            "data": null, "raw": null, "on_day": null, "happened_at": null, "small": null, "rate": null}]"#;
        let workspace = workspace();
        workspace.seed("core", THINGS, CSV);
        let (test, _session) = fleet(engine, &workspace).await;
        test.seed().await.unwrap();
        workspace.remove(&format!("seeds/core/{THINGS}")).seed("core", "reference/01_things.json", json);
        assert_eq!(total(&test.seed().await.unwrap()), (0, 0, 2));
    }

    async fn sql_seeds_run_for_their_engine(engine) {
        let workspace = workspace();
        for engine in Engine::ALL {
            let id = crate::support::id(engine, 9);
            let up = format!("INSERT INTO events (id, text, created_at) VALUES ({id}, '{engine}', '2026-01-31T08:00:00+00:00') ON CONFLICT DO NOTHING;");
            workspace.seed("core", &format!("reference/01_events.{engine}.up.sql"), &up);
            workspace.seed("core", &format!("reference/01_events.{engine}.down.sql"), "SELECT 1;");
        }
        let (test, session) = fleet(engine, &workspace).await;
        assert_eq!(total(&test.seed().await.unwrap()).0, 1);
        assert_eq!(total(&test.seed().await.unwrap()).0, 0);
        assert_eq!(texts(&session.connection, "SELECT text FROM events").await, [engine.name()]);
    }

    async fn a_known_file_is_skipped_until_it_changes(engine) {
        let workspace = workspace();
        workspace.seed("core", THINGS, CSV);
        let (test, session) = fleet(engine, &workspace).await;
        let prepared = test.fleet.prepare(&test.plan(), &test.context).await.unwrap();
        assert_eq!(prepared.seeded[0].total.inserted, 2);
        execute(&session.connection, "UPDATE things SET name = 'mine' WHERE code = 'leaf'").await.unwrap();
        let again = test.fleet.prepare(&test.plan(), &test.context).await.unwrap();
        assert!(again.changed_nothing() && again.seeded[0].files[0].outcome.is_none(), "{again:#?}");
        assert_eq!(texts(&session.connection, "SELECT name FROM things WHERE code = 'leaf'").await, ["mine"]);
        workspace.seed("core", THINGS, &CSV.replace("The root", "Another root"));
        assert_eq!(test.fleet.prepare(&test.plan(), &test.context).await.unwrap().seeded[0].total.changed, 2);
    }

    async fn twenty_thousand_rows_take_no_coffee(engine) {
        let workspace = workspace();
        let mut csv = "code*,name,parent:code,amount\nthe-parent,The parent,,0\n".to_owned();
        for number in 0..20_000 {
            writeln!(csv, "code-{number},Name of {number},the-parent,{number}").unwrap();
        }
        workspace.seed("core", THINGS, &csv);
        let (test, _session) = fleet(engine, &workspace).await;
        let since = std::time::Instant::now();
        assert_eq!(total(&test.seed().await.unwrap()), (20_001, 0, 0));
        assert_eq!(total(&test.seed().await.unwrap()), (0, 0, 20_001));
        assert!(since.elapsed() < Duration::from_secs(20), "it took {:?}", since.elapsed());
    }

    async fn a_trigger_has_its_own_way_with_conflicts(engine) {
        let workspace = workspace();
        let labels = "thing:code,label,note\nroot,one,same\nroot,two,same\nroot,three,\n";
        workspace.seed("core", THINGS, CSV).seed("core", "demo/01_parts.csv", labels);
        let (test, session) = fleet(engine, &workspace).await;
        let statements: &[&str] = match engine {
            Engine::Sqlite => &[
                "CREATE TABLE notes (note text PRIMARY KEY)",
                "CREATE TRIGGER trg_parts_note AFTER INSERT ON parts WHEN NEW.note IS NOT NULL BEGIN \
                 INSERT OR IGNORE INTO notes VALUES (NEW.note); END",
            ],
            Engine::Postgres => &[
                "CREATE TABLE notes (note text PRIMARY KEY)",
                "CREATE FUNCTION keep_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                 INSERT INTO notes VALUES (NEW.note) ON CONFLICT DO NOTHING; RETURN NULL; END $$",
                "CREATE TRIGGER trg_parts_note AFTER INSERT ON parts FOR EACH ROW \
                 WHEN (NEW.note IS NOT NULL) EXECUTE FUNCTION keep_note()",
            ],
        };
        for statement in statements {
            execute(&session.connection, statement).await.unwrap();
        }
        assert_eq!(total(&test.seed().await.unwrap()), (5, 0, 0));
        assert_eq!(texts(&session.connection, "SELECT note FROM notes").await, ["same"]);
        assert_eq!(number(&session.connection, "SELECT count(*) FROM parts").await, 3);
    }

    async fn pending_migrations_come_first(engine) {
        let workspace = workspace();
        workspace.seed("core", THINGS, CSV);
        let test = TestFleet::created(engine, vec![descriptor(&workspace)]).await;
        let error = test.seed().await.unwrap_err();
        assert_eq!(error.to_string(), "core: `core` has 1 pending migrations");
        assert_eq!(error.hint(), "`cargo xtask db migrate core` first");
        test.migrate_all().await;
        test.seed().await.unwrap();
    }
}

/// Text that COPY, CSV, SQL or a terminal could take for something else.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "\t",
        "\n",
        "\r\n",
        "\\",
        "\\.",
        "\\N",
        "\\t",
        "'",
        "\"",
        "\"\"",
        ",",
        ";",
        "--",
        "$1",
        "?",
        "{}",
        "é",
        "\u{1F980}",
        "\u{7f}",
        " ",
        "NULL",
        "x",
        "\u{2028}",
        "%s",
        "\u{1}",
    ]);
    proptest::collection::vec(pieces, 1..12).prop_map(|pieces| pieces.concat())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_comes_back_as_it_was(texts in proptest::collection::vec(hostile(), 8..40), on_postgres in any::<bool>()) {
        let engine = if on_postgres { Engine::Postgres } else { Engine::Sqlite };
        run(engine, "seeds::hostile", async |engine| {
            let workspace = workspace();
            let mut csv = "code*,name\n".to_owned();
            for (number, text) in texts.iter().enumerate() {
                writeln!(csv, "{number},{}", quoted(text)).unwrap();
            }
            workspace.seed("core", THINGS, &csv);
            let (test, session) = fleet(engine, &workspace).await;
            test.seed().await.unwrap();
            let mut rows = things::Entity::find().all(&session.connection).await.unwrap();
            rows.sort_by_key(|row| row.code.parse::<usize>().unwrap());
            assert_eq!(rows.into_iter().map(|row| row.name).collect::<Vec<_>>(), texts);
            assert_eq!(test.seed().await.unwrap()[0].total.changed, 0);
        });
    }
}
