//! A checkpoint that is squashed again.

use atriz_db::migrate::Limit;
use atriz_testing::{TestFleet, both_engines};

use super::shop::{CHANGE, EVENTS, LATER, SCHEMA, THINGS, workspace};
use super::squash_to;

both_engines! {
    async fn databases_that_ran_either_carry_on(engine) {
        let workspace = workspace();
        let oldest = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let first = squash_to(&workspace, EVENTS).await;
        assert_eq!(first.replaces, [SCHEMA, THINGS, EVENTS]);
        let older = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        let second = squash_to(&workspace, CHANGE).await;
        assert_eq!(second.replaces[0], first.checkpoint);
        let new = TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await;
        for test in [&oldest, &older, &new] {
            assert!(test.migrate_all().await[0].applied.is_empty());
        }
        let third = squash_to(&workspace, LATER).await;
        assert_eq!(third.replaces, [second.checkpoint.as_str(), LATER]);
        let consent = atriz_db::Consent { yes: true, ..Default::default() };
        for test in [&oldest, &older, &new] {
            let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
            assert!(status[0].is_current(), "{status:#?}");
            let back = test.fleet.rollback("core", &Limit::All, &consent, &test.context).await.unwrap();
            assert_eq!(back.reverted, [third.checkpoint.clone()]);
            assert_eq!(test.migrate_all().await[0].applied, [third.checkpoint.clone()]);
        }
    }
}
