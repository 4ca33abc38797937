//! A checkpoint that is squashed again.

use atriz_db::migrate::Limit;
use atriz_db::{Consent, Engine};
use atriz_testing::{TestFleet, Workspace};

use super::shop::{CHANGE, EVENTS, LATER, SCHEMA, THINGS, workspace};
use super::squash_to;

/// A migrated database on each engine.
async fn migrated(workspace: &Workspace) -> Vec<TestFleet> {
    let mut fleets = Vec::new();
    for engine in Engine::ALL {
        fleets.push(TestFleet::migrated(engine, vec![workspace.descriptor("core")]).await);
    }
    fleets
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_that_ran_either_carry_on() {
    let workspace = workspace();
    let mut fleets = migrated(&workspace).await;
    let first = squash_to(&workspace, EVENTS).await;
    assert_eq!(first.replaces, [SCHEMA, THINGS, EVENTS]);
    fleets.extend(migrated(&workspace).await);
    let second = squash_to(&workspace, CHANGE).await;
    assert_eq!(second.replaces[0], first.checkpoint);
    fleets.extend(migrated(&workspace).await);
    for test in &fleets {
        assert!(test.migrate_all().await[0].applied.is_empty());
    }
    // Three deep: what the first one replaced is known to the third.
    let third = squash_to(&workspace, LATER).await;
    assert_eq!(third.replaces, [second.checkpoint.as_str(), LATER]);
    let consent = Consent { yes: true, ..Consent::default() };
    for test in &fleets {
        let status = test.fleet.status(&test.plan(), &test.context).await.unwrap();
        assert!(status[0].is_current(), "{status:#?}");
        let back = test.fleet.rollback("core", &Limit::All, &consent, &test.context).await.unwrap();
        assert_eq!(back.reverted, [third.checkpoint.as_str()]);
        assert_eq!(test.migrate_all().await[0].applied, [third.checkpoint.as_str()]);
    }
}
