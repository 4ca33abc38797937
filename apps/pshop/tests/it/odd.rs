//! Odd input: whatever is asked, the answer is no fault of ours.

use atriz_testing::both_engines;

use crate::support::serve;

both_engines! {
    async fn no_value_of_a_parameter_breaks_the_app(engine) {
        let app = serve(engine).await;
        app.http
            .bombard(&[
                "/stores?{}",
                "/stores?after={}",
                "/stores?limit={}",
                "/products?store={}",
                "/products?q={}",
                "/products?q={}&store=demo",
                "/products?after={}",
                "/products/by-barcode/{}",
                "/products/by-barcode/1?store={}",
                "/inventory?store={}",
                "/inventory?low={}",
                "/inventory?after={}",
            ])
            .await;
    }
}
