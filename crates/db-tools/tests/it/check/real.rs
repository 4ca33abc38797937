//! Folders that are as they should be.

use atriz_db::Engine;

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
