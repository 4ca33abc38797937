//! Rows that point to nothing in another database.

use atriz_db::Target;

use super::*;

const ID: &str = "00000000-0000-7000-8000-";

fn id(engine: Engine, number: usize) -> String {
    let id = format!("{ID}{number:012x}");
    match engine {
        Engine::Postgres => format!("'{id}'"),
        Engine::Sqlite => format!("x'{}'", id.replace('-', "")),
    }
}

/// A thing, and a part for each of these users.
async fn parts(test: &TestFleet, column: &str, users: impl Iterator<Item = usize>) {
    let app = if test.engine == Engine::Postgres { "app." } else { "" };
    let thing = id(test.engine, 0xffff);
    let mut sql = vec![format!(
        "INSERT INTO {app}things (id, code, created_at) VALUES ({thing}, 'a', '2026-01-01T00:00:00+00:00') ON CONFLICT DO NOTHING"
    )];
    let users: Vec<usize> = users.collect();
    for (place, some) in users.chunks(1000).enumerate() {
        let row = |(at, user): (usize, &usize)| format!("({}, {thing}, {})", place * 1000 + at, id(test.engine, *user));
        let rows: Vec<String> = some.iter().enumerate().map(row).collect();
        sql.push(format!("INSERT INTO {app}parts (id, thing_id, {column}) VALUES {}", rows.join(", ")));
    }
    run(test, "shop", &sql).await;
}

async fn users(test: &TestFleet, users: impl Iterator<Item = usize>) {
    let app = if test.engine == Engine::Postgres { "app." } else { "" };
    let users: Vec<usize> = users.collect();
    for some in users.chunks(1000) {
        let rows: Vec<String> =
            some.iter().map(|user| format!("({}, '2026-01-01T00:00:00+00:00')", id(test.engine, *user))).collect();
        run(test, "core", &[format!("INSERT INTO {app}users (id, deleted_at) VALUES {}", rows.join(", "))]).await;
    }
}

both_engines! {
    async fn orphans_are_counted_shown_and_mended(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        users(&test, [1, 2].into_iter()).await;
        parts(&test, "user_id", [1, 2, 3, 3, 4].into_iter()).await;
        let found = told(&test).await;
        let line = lines(&found);
        assert_eq!(
            line,
            format!("shop: reference parts.user_id to core.users, orphans: live 3 rows point to 2 ids that core.users does \
                     not have: {ID}000000000003, {ID}000000000004")
        );
        assert!(found[0].mend[0].starts_with("SELECT * FROM "), "{:?}", found[0].mend);
        run(&test, "shop", &found[0].mend).await;
        assert_eq!(lines(&told(&test).await), "");
        let app = if engine == Engine::Postgres { "app." } else { "" };
        let session = test.session("shop").await;
        assert_eq!(atriz_testing::number(&session.connection, &format!("SELECT count(*) FROM {app}parts")).await, 5);
        session.close().await;
    }

    async fn what_is_erased_with_its_user_goes(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        users(&test, [1].into_iter()).await;
        parts(&test, "seller_id", [1, 9].into_iter()).await;
        let found = told(&test).await;
        assert!(lines(&found).contains("1 row points to 1 id that core.users does not have"), "{}", lines(&found));
        run(&test, "shop", &found[0].mend).await;
        assert_eq!(lines(&told(&test).await), "");
    }

    /// More than one chunk on both sides, with the orphans at their borders.
    async fn the_count_is_exact_over_many_chunks(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        let is_orphan = |user: &usize| *user == 1 || user.is_multiple_of(5_000) || *user == 12_001;
        users(&test, (1..=12_001).filter(|user| !is_orphan(user))).await;
        parts(&test, "user_id", 1..=12_001).await;
        let found = told(&test).await;
        assert!(lines(&found).contains("4 rows point to 4 ids"), "{}", lines(&found));
    }

    async fn a_database_that_is_away_is_said_and_the_others_go_on(engine) {
        let workspace = Workspace::new();
        let mut test = TestFleet::prepared(engine, databases(&workspace)).await;
        match test.fleet.configuration.targets.get_mut("core").unwrap() {
            Target::Sqlite(target) => target.path = target.path.with_file_name("nowhere.db"),
            Target::Postgres(target) => target.migrate = target.migrate.clone().map(|options| options.database("nowhere")),
        }
        let seen = look_at(&test, &[]).await;
        let line = lines(&seen.findings().cloned().collect::<Vec<_>>());
        assert!(line.starts_with("core: database core, missing: live "), "{line}");
        assert_eq!(line.matches("not looked at: ").count(), 2, "{line}");
        assert_eq!(seen.databases[1].migrations, 2);
    }
}
