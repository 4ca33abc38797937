//! Every operation has a rule and keeps it.

use atriz_testing::both_engines;

use crate::support::serve;

both_engines! {
    async fn every_operation_lets_in_whom_the_document_says(engine) {
        serve(engine).await.keep_rules().await;
    }
}
