//! Where a database stands among its migrations, and who may look.

use atriz_db::Target;
use atriz_testing::Login;

use super::*;

const NEXT: &str = "20260101000200_change_things";

both_engines! {
    async fn a_database_one_release_behind_is_compared_with_that(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        workspace.migration("shop", NEXT, "ALTER TABLE {app}things ADD COLUMN later text;", "ALTER TABLE {app}things DROP COLUMN later;");
        let seen = look_at(&test, &["shop"]).await;
        assert!(seen.is_good(), "{}", lines(&seen.findings().cloned().collect::<Vec<_>>()));
        assert_eq!(seen.databases[0].notes.len(), 1);
        assert!(seen.databases[0].notes[0].starts_with(&format!("{NEXT} pending")), "{:?}", seen.databases[0].notes);

        run(&test, "shop", &[atriz_testing::for_engine(engine, "ALTER TABLE {app}things ADD COLUMN later text")]).await;
        assert!(lines(&told(&test).await).contains("column later, drift: folder nothing"));
    }

    async fn applied_migrations_without_a_file_and_edited_ones_are_told(engine) {
        let workspace = Workspace::new();
        let databases = databases(&workspace);
        workspace.migration("shop", NEXT, "ALTER TABLE {app}things ADD COLUMN later text;", "ALTER TABLE {app}things DROP COLUMN later;");
        let test = TestFleet::prepared(engine, databases).await;
        workspace.migration("shop", NEXT, "ALTER TABLE {app}things ADD COLUMN other text;", "ALTER TABLE {app}things DROP COLUMN other;");
        let line = lines(&told(&test).await);
        assert!(line.contains(&format!("migration {NEXT}, migration: live edited since it was applied")), "{line}");
        assert!(line.contains("column later, drift: folder nothing") && line.contains("column other, drift"), "{line}");
        for direction in ["up", "down"] {
            for engine in Engine::ALL {
                workspace.remove(&Workspace::path("shop", engine, NEXT, direction));
            }
        }
        let line = lines(&told(&test).await);
        assert!(line.contains(&format!("migration {NEXT}, migration: live applied, and has no file here")), "{line}");
    }

    async fn a_history_with_a_gap_keeps_nobody_else_from_being_looked_at(engine) {
        let workspace = Workspace::new();
        let test = TestFleet::prepared(engine, databases(&workspace)).await;
        // As when a file got another name behind the migration's back.
        let other = "20260101000150_create_things_otherwise";
        workspace.migration("shop", NEXT, "CREATE INDEX idx_things_amount ON {app}things (amount);", "DROP INDEX {app}idx_things_amount;");
        test.migrate_all().await;
        let rename = format!("UPDATE seaql_migrations SET version = '{other}' WHERE version = '{THINGS}'");
        run(&test, "shop", &[rename]).await;
        let seen = look_at(&test, &["core", "shop"]).await;
        assert_eq!(seen.databases.len(), 2);
        let found: Vec<Finding> = seen.findings().cloned().collect();
        let line = lines(&found);
        assert!(line.contains(&format!("migration {other}, migration: live applied, and has no file here")), "{line}");
        // Nothing that stands there is called superfluous.
        assert!(found.iter().all(|one| one.kind == "migration" && !one.mend.concat().contains("DROP")), "{line}");

        let remove = format!("DELETE FROM seaql_migrations WHERE version = '{other}'");
        run(&test, "shop", &[remove]).await;
        assert!(!look_at(&test, &["core", "shop"]).await.databases.is_empty());
    }

    async fn another_database_is_refused(engine) {
        let workspace = Workspace::new();
        let mut test = TestFleet::prepared(engine, databases(&workspace)).await;
        let core = test.target("core").clone();
        test.fleet.configuration.targets.insert("shop".to_owned(), core);
        let line = lines(&told(&test).await);
        assert!(line.starts_with("shop: database shop, refused: live ") && line.contains("is marked as database `core`"), "{line}");
    }
}

/// An app's role may read the catalogues and its tables, so it can look; a stranger's may not even connect.
#[test]
fn logins_with_few_rights() {
    atriz_testing::run(Engine::Postgres, "live::rights", |engine| async move {
        let workspace = Workspace::new();
        let mut test = TestFleet::prepared(engine, databases(&workspace)).await;
        let login = Login::of_app(&test, "shop").await;
        aim(&mut test, "shop", &login);
        let seen = look_at(&test, &["shop"]).await;
        let line = lines(&seen.findings().cloned().collect::<Vec<_>>());
        let hidden = "query would be affected by row-level security policy for table \"parts\"";
        assert_eq!(line.matches(hidden).count(), 2, "rows that are hidden are no orphans: {line}");
        assert!(!line.contains("drift"), "the catalogues are the same for everybody: {line}");

        let stranger = Login::of_app(&test, "core").await;
        aim(&mut test, "shop", &stranger);
        let seen = look_at(&test, &[]).await;
        let line = lines(&seen.findings().cloned().collect::<Vec<_>>());
        assert!(line.starts_with("shop: database shop, not looked at: live "), "{line}");
        assert_eq!(seen.databases[0].migrations, 2, "the others are looked at all the same");
    });
}

fn aim(test: &mut TestFleet, name: &str, login: &Login) {
    let Some(Target::Postgres(target)) = test.fleet.configuration.targets.get_mut(name) else { return };
    let options = login.options().clone().database(&target.database);
    (target.migrate, target.app) = (Some(options.clone()), Some(options));
}
