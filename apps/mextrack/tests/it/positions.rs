//! Where vehicles were.

use atriz_testing::{Running, both_engines};

use crate::support::serve;

async fn path(app: &Running) -> String {
    format!("/vehicles/{}/positions", app.http.walk("/vehicles", 200, "id").await[0])
}

both_engines! {
    async fn without_times_the_last_day_with_data_is_meant(engine) {
        let app = serve(engine).await;
        let path = path(&app).await;
        let times = app.http.walk(&path, 200, "recorded_at").await;
        let ends = (times[0].as_str(), times[times.len() - 1].as_str());
        assert_eq!(ends, ("2026-01-31T00:03:02Z", "2026-01-31T23:59:32Z"));
        assert!(times.is_sorted());
        assert_eq!(times, app.http.walk(&path, 61, "recorded_at").await);
    }

    async fn both_ends_belong_to_the_window(engine) {
        let app = serve(engine).await;
        let path = path(&app).await;
        let all = app.http.walk(&path, 200, "recorded_at").await;
        let (from, to) = (&all[100], &all[150]);
        assert_eq!(app.http.walk(&format!("{path}?from={from}&to={to}"), 20, "recorded_at").await, all[100..=150]);
        assert_eq!(app.http.walk(&format!("{path}?from={from}"), 200, "recorded_at").await, all[100..]);
        assert_eq!(app.http.walk(&format!("{path}?to={to}"), 200, "recorded_at").await, all[..=150]);
        assert!(app.http.walk(&format!("{path}?from=2026-02-01T00:00:00Z"), 200, "seq").await.is_empty());
    }

    async fn times_that_make_no_window_are_named(engine) {
        let app = serve(engine).await;
        let path = path(&app).await;
        for (query, field) in [
            ("from=yesterday", "from"),
            ("to=2026-02-30T00:00:00Z", "to"),
            ("from=2026-01-31T12:00:00Z&to=2026-01-31T11:00:00Z", "from"),
            ("to=%2B99999-01-01T00:00:00Z", "to"),
        ] {
            assert_eq!(app.http.refused(&format!("{path}?{query}")).await, field, "{query}");
        }
        let unknown = "/api/v1/vehicles/00000000-0000-0000-0000-000000000000/positions";
        app.http.get_expecting(unknown, 404).await;
    }
}
