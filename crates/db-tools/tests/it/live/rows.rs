//! Rows of a running database are never lost by a mend that is run as it stands.

use super::*;

/// Two things and a part of one.
async fn filled(test: &TestFleet) {
    let (one, two, time) = match test.engine {
        Engine::Postgres => {
            ("'00000000-0000-7000-8000-000000000001'", "'00000000-0000-7000-8000-000000000002'", "now()")
        }
        Engine::Sqlite => ("x'01'", "x'02'", "'2026'"),
    };
    let rows = [
        format!("INSERT INTO {{app}}things (id, code, created_at) VALUES ({one}, 'a', {time}), ({two}, 'b', {time})"),
        format!("INSERT INTO {{app}}parts (id, thing_id) VALUES (1, {one})"),
    ];
    by_hand(test, &rows.each_ref().map(String::as_str)).await;
}

async fn by_hand(test: &TestFleet, statements: &[&str]) {
    let statements: Vec<String> = statements.iter().map(|sql| atriz_testing::for_engine(test.engine, sql)).collect();
    run(test, "shop", &statements).await;
}

async fn number(test: &TestFleet, sql: &str) -> i64 {
    let session = test.session("shop").await;
    let found = atriz_testing::number(&session.connection, &atriz_testing::for_engine(test.engine, sql)).await;
    session.close().await;
    found
}

/// What is told, behind everything that it says to run.
async fn mended(test: &TestFleet) -> Vec<Finding> {
    let found = told(test).await;
    let mend: Vec<String> = found.iter().flat_map(|finding| finding.mend.clone()).collect();
    run(test, "shop", &mend).await;
    found
}

both_engines! {
    async fn a_renamed_table_gets_its_name_back(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        filled(&test).await;
        by_hand(&test, &["ALTER TABLE {app}parts RENAME TO pieces", "ALTER TABLE {app}things RENAME TO items"]).await;
        let said = lines(&mended(&test).await);
        assert!(said.contains("parts, drift: folder ") && said.contains("pieces"), "{said}");
        let left = told(&test).await;
        assert!(left.is_empty(), "{}", lines(&left));
        assert_eq!(number(&test, "SELECT count(*) FROM {app}parts JOIN {app}things ON things.id = thing_id").await, 1);
    }

    async fn what_would_lose_rows_is_a_comment(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        filled(&test).await;
        by_hand(&test, &[
            "CREATE TABLE {app}by_hand (id {int})",
            "INSERT INTO {app}by_hand VALUES (1), (2)",
            "CREATE TABLE {app}left_over (id {int}, other {int})",
            "ALTER TABLE {app}things ADD COLUMN extra text",
            "ALTER TABLE {app}parts ADD COLUMN extra text",
            "UPDATE {app}parts SET extra = 'x'",
        ]).await;
        let found = mended(&test).await;
        let mends = found.iter().flat_map(|finding| finding.mend.clone()).collect::<Vec<_>>().join("\n");
        assert!(mends.contains("-- 2 rows of table "), "{mends}");
        assert!(mends.contains("-- 1 row has a value in column \"extra\" of "), "{mends}");
        assert_eq!(number(&test, "SELECT count(*) FROM {app}by_hand").await, 2);
        assert_eq!(number(&test, "SELECT count(*) FROM {app}parts WHERE extra = 'x'").await, 1);
        let left = lines(&told(&test).await);
        assert!(!left.contains("left_over") && !left.contains("things"), "{left}");
    }
}

#[test]
fn a_table_that_was_moved_goes_back() {
    atriz_testing::run(Engine::Postgres, "live::moved", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        filled(&test).await;
        by_hand(&test, &["CREATE SCHEMA attic", "ALTER TABLE app.parts SET SCHEMA attic"]).await;
        by_hand(&test, &["ALTER TABLE attic.parts RENAME TO pieces"]).await;
        mended(&test).await;
        let left = told(&test).await;
        assert!(left.is_empty(), "{}", lines(&left));
        assert_eq!(number(&test, "SELECT count(*) FROM app.parts").await, 1);
    });
}

#[test]
fn a_schema_stays_with_the_rows_in_it() {
    atriz_testing::run(Engine::Postgres, "live::schema", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        by_hand(&test, &["CREATE SCHEMA attic", "CREATE TABLE attic.trunks AS SELECT 1 AS id"]).await;
        let found = mended(&test).await;
        let mends = found.iter().flat_map(|finding| finding.mend.clone()).collect::<Vec<_>>().join("\n");
        assert!(mends.contains("-- 1 row of table \"attic\".\"trunks\" would be lost"), "{mends}");
        assert!(mends.contains("-- behind that of \"attic\".\"trunks\": DROP SCHEMA \"attic\";"), "{mends}");
        assert_eq!(number(&test, "SELECT count(*) FROM attic.trunks").await, 1);
    });
}

#[test]
fn columns_that_may_be_others_are_not_dropped_in_silence() {
    atriz_testing::run(Engine::Postgres, "live::columns", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        let renamed = ["user_id", "seller_id"].map(|name| format!("ALTER TABLE app.parts RENAME {name} TO old_{name}"));
        by_hand(&test, &renamed.each_ref().map(String::as_str)).await;
        let found = told(&test).await;
        let mends = found.iter().flat_map(|finding| finding.mend.clone()).collect::<Vec<_>>().join("\n");
        let line = "-- or it is this one under another name: ALTER TABLE \"app\".\"parts\" RENAME COLUMN \"old_user_id\" TO \"user_id\"";
        assert!(mends.contains(line), "{mends}");
    });
}

#[test]
fn a_text_that_is_too_long_is_not_cut() {
    atriz_testing::run(Engine::Postgres, "live::cut", |engine| async move {
        let workspace = Workspace::new();
        let all = databases(&workspace);
        let (up, down) = ("CREATE TABLE app.short (note varchar(3));", "DROP TABLE app.short;");
        workspace.migration_only(engine, "shop", "20260101000200_create_short", up, down);
        let test = TestFleet::prepared(engine, all).await;
        by_hand(&test, &["ALTER TABLE app.short ALTER note TYPE text", "INSERT INTO app.short VALUES ('long')"]).await;
        let found = told(&test).await;
        let mend = found[0].mend.last().unwrap();
        let session = test.session("shop").await;
        assert!(execute(&session.connection, mend).await.is_err(), "{mend}");
        session.close().await;
        assert_eq!(number(&test, "SELECT count(*) FROM app.short WHERE note = 'long'").await, 1);
    });
}

/// What a column should be, what somebody made of it, and a value that the first does not hold.
type Cut = (&'static str, &'static str, &'static str);

const CUT: [Cut; 8] = [
    ("bit(4)", "bit(8)", "B'10101010'"),
    ("varbit(4)", "varbit", "B'10101010'"),
    ("varchar(3)[]", "varchar(9)[]", "ARRAY['longer']::varchar[]"),
    ("timestamptz(0)", "timestamptz", "'2026-01-01 00:00:00.123456Z'"),
    ("timestamp(0)", "timestamp(3)", "'2026-01-01 00:00:00.123'"),
    ("time(0)", "time", "'00:00:00.123456'"),
    ("interval(0)", "interval", "'1.5 s'"),
    ("numeric(8,1)[]", "numeric[]", "ARRAY[1.25]"),
];

fn each_cut(say: impl Fn(usize, &Cut) -> String) -> Vec<String> {
    CUT.iter().enumerate().map(|(place, one)| say(place, one)).collect()
}

#[test]
fn a_value_that_the_type_of_the_folder_does_not_hold_is_not_cut() {
    atriz_testing::run(Engine::Postgres, "live::types", |engine| async move {
        let workspace = Workspace::new();
        let all = databases(&workspace);
        let up = each_cut(|place, (should, _, _)| format!("CREATE TABLE app.cut_{place} (held {should});")).concat();
        let down = each_cut(|place, _| format!("DROP TABLE app.cut_{place};")).concat();
        workspace.migration_only(engine, "shop", "20260101000200_create_cuts", &up, &down);
        let test = TestFleet::prepared(engine, all).await;
        let made = each_cut(|place, (_, is, _)| format!("ALTER TABLE app.cut_{place} ALTER held TYPE {is}"));
        run(&test, "shop", &made).await;
        let empty = told(&test).await;
        assert!(
            empty.iter().all(|one| !one.mend.iter().any(|sql| sql.starts_with("--"))),
            "nothing is lost: {empty:#?}"
        );

        run(&test, "shop", &each_cut(|place, (_, _, value)| format!("INSERT INTO app.cut_{place} VALUES ({value})")))
            .await;
        let found = told(&test).await;
        assert_eq!(found.len(), CUT.len(), "{}", lines(&found));
        let session = test.session("shop").await;
        for finding in &found {
            for sql in finding.mend.iter().filter(|sql| !sql.starts_with("--")) {
                assert!(execute(&session.connection, sql).await.is_err(), "{sql} cuts a value in silence");
            }
        }
        session.close().await;
        let comments: Vec<&String> = found.iter().filter_map(|one| one.mend.first()).collect();
        let said = "-- 1 row has a value in column \"held\" of \"app\".\"cut_3\" that timestamp(0) with time zone does not hold, and \
                    would lose a part of it: save them, or run this once they are not needed";
        assert!(comments.iter().any(|comment| *comment == said), "{comments:#?}");
        for (place, (_, _, value)) in CUT.iter().enumerate() {
            let kept = format!("SELECT count(*) FROM app.cut_{place} WHERE held = {value}");
            assert_eq!(number(&test, &kept).await, 1, "{value}");
        }
    });
}

#[test]
fn a_schema_that_was_renamed_gets_its_name_back() {
    atriz_testing::run(Engine::Postgres, "live::renamed_schema", |engine| async move {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        filled(&test).await;
        by_hand(&test, &["ALTER SCHEMA app RENAME TO attic", "ALTER TABLE attic.things ADD COLUMN extra text"]).await;
        let said = lines(&mended(&test).await);
        assert_eq!(said.lines().next().unwrap(), "shop: schema app, drift: folder app; live attic", "{said}");
        assert!(!said.contains("function") && !said.contains("view"), "{said}");
        // What was changed in it besides is told behind that.
        mended(&test).await;
        let left = told(&test).await;
        assert!(left.is_empty(), "{}", lines(&left));
        assert_eq!(number(&test, "SELECT count(*) FROM app.parts").await, 1);
    });
}

#[test]
fn a_schema_is_there_before_a_table_goes_back_into_it() {
    atriz_testing::run(Engine::Postgres, "live::dropped_schema", |engine| async move {
        let workspace = Workspace::new();
        let all = databases(&workspace);
        let (up, down) =
            ("CREATE SCHEMA shelf; CREATE TABLE shelf.boards (id uuid, width integer);", "DROP SCHEMA shelf CASCADE;");
        workspace.migration_only(engine, "shop", "20260101000200_create_boards", up, down);
        let test = TestFleet::prepared(engine, all).await;
        by_hand(&test, &["ALTER TABLE shelf.boards SET SCHEMA app", "DROP SCHEMA shelf"]).await;
        by_hand(&test, &["INSERT INTO app.boards (width) VALUES (3)"]).await;
        mended(&test).await;
        let left = told(&test).await;
        assert!(left.is_empty(), "{}", lines(&left));
        assert_eq!(number(&test, "SELECT count(*) FROM shelf.boards").await, 1);
    });
}

both_engines! {
    async fn missing_tables_that_refer_to_each_other_are_made_anew(engine) {
        let workspace = Workspace::new();
        let all = databases(&workspace);
        let up = "CREATE TABLE {app}eggs (id {int} NOT NULL CONSTRAINT pk_eggs PRIMARY KEY, chicken_id {int});
                  CREATE TABLE {app}chickens (id {int} NOT NULL CONSTRAINT pk_chickens PRIMARY KEY, egg_id {int},
                      CONSTRAINT fk_chickens_eggs FOREIGN KEY (egg_id) REFERENCES {app}eggs (id));
                  CREATE TABLE {app}baskets (id {int} NOT NULL CONSTRAINT pk_baskets PRIMARY KEY, egg_id {int},
                      CONSTRAINT fk_baskets_eggs FOREIGN KEY (egg_id) REFERENCES {app}eggs (id));";
        let (postgres, sqlite) = (
            format!("{up} ALTER TABLE app.eggs ADD CONSTRAINT fk_eggs_chickens FOREIGN KEY (chicken_id) REFERENCES app.chickens (id);"),
            up.replace("chicken_id {int})", "chicken_id {int}, CONSTRAINT fk_eggs_chickens FOREIGN KEY (chicken_id) REFERENCES chickens (id))"),
        );
        let down = "-- atriz: irreversible \"a test\"\n";
        workspace.migration_on(Engine::Postgres, "shop", "20260101000200_create_eggs", &postgres, down);
        workspace.migration_on(Engine::Sqlite, "shop", "20260101000200_create_eggs", &sqlite, down);
        let test = TestFleet::prepared(engine, all).await;
        let drop = if engine == Engine::Postgres { "DROP TABLE app.eggs, app.chickens, app.baskets" } else {
            "DROP TABLE baskets; DROP TABLE eggs; DROP TABLE chickens"
        };
        by_hand(&test, &[drop]).await;
        mended(&test).await;
        let left = told(&test).await;
        assert!(left.is_empty(), "{}", lines(&left));
    }
}
