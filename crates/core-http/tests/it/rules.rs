//! Every operation has a rule and keeps it.

use atriz_testing::both_engines;

use crate::support::house;

both_engines! {
    async fn every_operation_lets_in_whom_the_document_says(engine) {
        let house = house(engine).await;
        let users =
            ["member@example.com", "support@example.com", "auditor@example.com", "admin@example.com", "cashier@example.com"];
        house.app.keep_rules(&users).await;
    }
}
