//! Odd input: whatever is asked, the answer is no fault of ours.

use atriz_testing::both_engines;

use crate::support::serve;

both_engines! {
    async fn no_value_of_a_parameter_breaks_the_app(engine) {
        let app = serve(engine).await;
        app.http
            .bombard(&[
                "/categories?{}",
                "/categories?tree={}",
                "/categories?parent={}",
                "/categories?after={}",
                "/categories?limit={}",
                "/locations?q={}",
                "/locations?kind={}",
                "/locations?kind=city&q={}",
                "/locations?q=a&after={}",
                "/locations/{}/PT",
                "/locations/city/{}",
                "/items?category={}",
                "/items?location={}",
                "/items?location=city/{}",
                "/items?q={}",
                "/items?q=a&category=/electronics&location=country/{}",
                "/items?currency={}",
                "/items?currency=EUR&price_lte={}",
                "/items?after={}",
                "/items/{}",
            ])
            .await;
    }
}
