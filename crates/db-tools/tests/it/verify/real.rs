//! The migrations of a real database. `cargo xtask db verify` proves those of all.

use atriz_db::Engine;

use super::proved;

#[test]
fn core_is_good_on_sqlite() {
    atriz_testing::run(Engine::Sqlite, "real::core", async |engine| {
        let verified = proved(engine, atriz_testing::atriz_core::descriptor()).await;
        assert!(verified.is_good(), "{verified:#?}");
    });
}
