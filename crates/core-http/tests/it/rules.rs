//! Every operation has a rule and keeps it.

use atriz_testing::both_engines;

use crate::support::house;
use crate::visiting::{CALLBACK, visited};

both_engines! {
    async fn every_operation_lets_in_whom_the_document_says(engine) {
        let house = house(engine).await;
        house.app.keep_rules().await;
    }

    async fn every_operation_asks_for_a_fresh_proof_where_the_document_says_so(engine) {
        let house = house(engine).await;
        house.app.keep_rules_of_fresh_proofs().await;
    }

    async fn every_operation_looks_a_session_up_where_the_document_says_so(engine) {
        let house = house(engine).await;
        house.app.keep_rules_of_ended_sessions().await;
    }

    async fn every_operation_of_a_verifier_lets_in_whom_the_document_says(engine) {
        let house = house(engine).await;
        let app = visited(&house, Some(CALLBACK)).await;
        house.app.keep_rules_at(&app, "mextrack").await;
    }
}
