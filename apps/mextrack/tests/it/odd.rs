//! Odd input: whatever is asked, the answer is no fault of ours.

use atriz_testing::both_engines;

use crate::support::serve;

both_engines! {
    async fn no_value_of_a_parameter_breaks_the_app(engine) {
        let app = serve(engine).await;
        let id = app.http.walk("/vehicles", 200, "id").await.remove(0);
        let of_one = ["from={}", "to={}", "from={}&to={}", "from=2026-01-31T00:00:00Z&to={}", "after={}", "limit={}"];
        let of_one = of_one.map(|query| format!("/vehicles/{id}/positions?{query}"));
        let all = ["/vehicles?{}", "/vehicles?fleet={}", "/vehicles?after={}", "/vehicles/{}", "/vehicles/{}/positions"];
        let paths: Vec<_> = of_one.iter().map(String::as_str).chain(all).collect();
        app.http.bombard(&paths).await;
    }
}
