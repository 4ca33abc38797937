//! The real migrations and seeds of the database `core`.

use atriz_db::migrate::Limit;
use atriz_testing::{TestFleet, both_engines, number, texts};
use sea_orm::ConnectionTrait;

use crate::support::{history, schema_dump, yes};

both_engines! {
    async fn every_migration_goes_up_down_and_up_again(engine) {
        let test = TestFleet::migrated(engine, vec![atriz_testing::atriz_core::descriptor()]).await;
        let session = test.session("core").await;
        let (versions, before) = (history(&session).await, schema_dump(&session.connection, engine).await);
        assert!(versions.len() > 10, "{versions:?}");
        let back = test.fleet.rollback("core", &Limit::All, &yes(), &test.context).await.unwrap();
        assert_eq!(back.reverted, versions.iter().rev().cloned().collect::<Vec<_>>());
        let between = schema_dump(&session.connection, engine).await;
        assert!(!between.iter().any(|line| line.contains("users")), "{between:#?}");
        test.migrate_all().await;
        assert_eq!(schema_dump(&session.connection, engine).await, before);
        let parents = "SELECT count(*) FROM migration_history WHERE event IN ('applied', 'reverted')";
        assert_eq!(number(&session.connection, parents).await, 3 * i64::try_from(versions.len()).unwrap());
    }

    async fn seeds_load_once_and_the_demo_passwords_verify(engine) {
        let test = TestFleet::migrated(engine, vec![atriz_testing::atriz_core::descriptor()]).await;
        let first = test.seed().await.unwrap();
        assert!(first[0].total.inserted > 40 && first[0].total.changed == 0, "{first:#?}");
        let second = test.seed().await.unwrap();
        assert_eq!(second[0].total.inserted + second[0].total.changed, 0, "{second:#?}");
        assert_eq!(second[0].total.unchanged, first[0].total.inserted);
        let session = test.session("core").await;
        let stored = texts(
            &session.connection,
            "SELECT c.phc FROM user_credentials c JOIN users u ON u.id = c.user_id WHERE u.email_norm = 'admin@example.com'",
        )
        .await;
        let password = |text: &str| secrecy::SecretString::from(text);
        assert!(atriz_testing::atriz_core::verify_password(&password(atriz_testing::atriz_core::DEMO_PASSWORD), &stored[0]).unwrap());
        assert!(!atriz_testing::atriz_core::verify_password(&password("another"), &stored[0]).unwrap());
        for user in atriz_testing::atriz_core::DEMO_USERS {
            let sql = format!("SELECT count(*) FROM users WHERE email = '{}'", user.email);
            assert_eq!(number(&session.connection, &sql).await, 1, "{}", user.email);
        }
    }

    async fn a_prepared_fleet_is_a_copy_of_its_own(engine) {
        let (one, other) = tokio::join!(
            TestFleet::prepared(engine, vec![atriz_testing::atriz_core::descriptor()]),
            TestFleet::prepared(engine, vec![atriz_testing::atriz_core::descriptor()]),
        );
        let (one, other) = (one.database("core").await, other.database("core").await);
        let users = "SELECT count(*) FROM users";
        let before = number(other.read(), users).await;
        assert!(before > 10);
        one.write().execute_unprepared("UPDATE users SET name = 'Another'").await.unwrap();
        let renamed = "SELECT count(*) FROM users WHERE name = 'Another'";
        assert_eq!((number(one.read(), renamed).await, number(other.read(), renamed).await), (before, 0));
        assert!(one.write().execute_unprepared("DELETE FROM seed_history").await.is_err() || engine == atriz_db::Engine::Sqlite);
    }
}
