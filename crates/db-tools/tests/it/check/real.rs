//! Folders that are as they should be.

use std::str::FromStr as _;

use atriz_db::Engine;
use atriz_db_tools::check::replay;
use atriz_db_tools::cluster::test_server_url;
use atriz_db_tools::scratch::Server;
use sea_orm::sqlx::postgres::PgConnectOptions;

use super::{Seeded, checked, checked_on, lines};

#[test]
fn the_base_and_core_have_no_differences() {
    atriz_testing::run(Engine::Postgres, "check::real", async |_| {
        let workspace = Seeded::default().workspace();
        let base = checked(Seeded::default().descriptor(&workspace)).await.unwrap();
        assert_eq!(lines(&base.findings), Vec::<String>::new());
        let core = checked(atriz_testing::atriz_core::descriptor()).await.unwrap();
        assert_eq!(lines(&core.findings), Vec::<String>::new());
    });
}

#[test]
fn sqlite_alone_is_held_against_the_entities() {
    atriz_testing::run(Engine::Sqlite, "check::real_sqlite", async |_| {
        let core = checked_on(atriz_testing::atriz_core::descriptor(), vec![Engine::Sqlite]).await.unwrap();
        assert_eq!(lines(&core.findings), Vec::<String>::new());
    });
}

/// A configured server is where scratch databases stand, whether the configured database has been made there or not.
#[test]
fn a_database_that_is_not_made_yet_is_not_needed() {
    atriz_testing::run(Engine::Postgres, "check::not_made", async |_| {
        let url = tokio::task::spawn_blocking(test_server_url).await.unwrap().unwrap();
        let configured = PgConnectOptions::from_str(&url).unwrap().database("not_made_yet");
        let server = Server::open_beside(Some(&configured)).await.unwrap();
        let workspace = Seeded::default().workspace();
        let (schema, _) = replay(&Seeded::default().descriptor(&workspace), Some(&server)).await.unwrap();
        assert!(!schema.tables.is_empty());
    });
}
