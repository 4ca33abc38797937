//! The app over databases of one test's own.

use atriz_app::Pools;
use atriz_testing::{Engine, Http, TestFleet};
use mextrack_api::APP;

/// The app with all seeds, listening, and the databases behind it.
pub(crate) struct Running {
    pub(crate) http: Http,
    pub(crate) databases: TestFleet,
}

/// Serves the app until the test ends.
pub(crate) async fn serve(engine: Engine) -> Running {
    serve_over(TestFleet::prepared(engine, vec![atriz_core::descriptor(), (APP.descriptor)()]).await).await
}

/// Serves the app over these databases until the test ends.
pub(crate) async fn serve_over(databases: TestFleet) -> Running {
    let pools = Pools::open(&databases.fleet, &databases.plan()).await.unwrap();
    let server = APP.server(&databases.fleet, &pools, databases.clock.clone()).await.unwrap();
    let listener = atriz_web::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let http = Http::new(&format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(server.serve(listener, std::future::pending()));
    Running { http, databases }
}

/// The members `name` of all rows of a list, page by page.
pub(crate) async fn walk(http: &Http, path: &str, limit: u32, name: &str) -> Vec<String> {
    let (mut found, mut after) = (Vec::new(), String::new());
    let sign = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = http.get(&format!("/api/v1{path}{sign}limit={limit}{after}")).await;
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= limit as usize);
        found.extend(items.iter().map(|item| item[name].to_string().trim_matches('"').to_owned()));
        let Some(next) = page["next"].as_str() else { return found };
        after = format!("&after={next}");
    }
}

/// The field that a 400 names.
pub(crate) async fn refused(http: &Http, path: &str) -> String {
    let problem = http.get_expecting(&format!("/api/v1{path}"), 400).await.json();
    problem["errors"][0]["field"].as_str().unwrap().to_owned()
}
