//! The app over databases of one test's own.

use atriz_app::Pools;
use atriz_testing::{Engine, Running, TestFleet};
use mextrack_api::APP;

/// Serves the app with all seeds until the test ends, to somebody who may see all of the demo fleet.
pub(crate) async fn serve(engine: Engine) -> Running {
    let databases = TestFleet::prepared(engine, vec![atriz_core::descriptor(), (APP.descriptor)()]).await;
    serve_over(databases).await.used_by("dispatcher@example.com").await
}

/// Serves the app over these databases until the test ends.
pub(crate) async fn serve_over(databases: TestFleet) -> Running {
    Running::over(databases, |fleet, plan, clock| async move {
        let pools = Pools::open(&fleet, &plan).await.unwrap();
        APP.server(&fleet, &pools, clock).await.unwrap()
    })
    .await
}
