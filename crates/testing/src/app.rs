//! An app that listens, and what tests ask it.

use std::future::Future;

use atriz_db::{Fleet, Plan};
use atriz_kernel::SharedClock;
use atriz_web::Server;

use crate::fleet::TestFleet;
use crate::http::Http;

/// An app, listening until the test ends, and the databases behind it.
pub struct Running {
    /// A client of it.
    pub http: Http,
    /// Its databases.
    pub databases: TestFleet,
}

impl Running {
    /// Serves what `server` makes of the databases.
    pub async fn over<F: Future<Output = Server>>(
        databases: TestFleet,
        server: impl FnOnce(Fleet, Plan, SharedClock) -> F,
    ) -> Self {
        let server = server(databases.fleet.clone(), databases.plan(), databases.clock.clone()).await;
        let listener = atriz_web::bind(([127, 0, 0, 1], 0).into()).await.expect("a test can have a port");
        let address = listener.local_addr().expect("a listener knows where it listens");
        tokio::spawn(server.serve(listener, std::future::pending()));
        Self { http: Http::new(&format!("http://{address}")), databases }
    }
}

impl Http {
    /// The members `name` of all rows of the list at `path`, below `/api/v1`, page by page.
    pub async fn walk(&self, path: &str, limit: u32, name: &str) -> Vec<String> {
        let (mut found, mut after) = (Vec::new(), String::new());
        let sign = if path.contains('?') { '&' } else { '?' };
        loop {
            let page = self.get(&format!("/api/v1{path}{sign}limit={limit}{after}")).await;
            let items = page["items"].as_array().unwrap_or_else(|| panic!("{path} has no items: {page}"));
            assert!(items.len() <= limit as usize, "{path} has a page of {}", items.len());
            found.extend(items.iter().map(|item| item[name].to_string().trim_matches('"').to_owned()));
            let Some(next) = page["next"].as_str() else { return found };
            after = format!("&after={next}");
        }
    }

    /// The field that the 400 of `path`, below `/api/v1`, names.
    pub async fn refused(&self, path: &str) -> String {
        let problem = self.get_expecting(&format!("/api/v1{path}"), 400).await.json();
        let field = problem["errors"][0]["field"].as_str();
        field.unwrap_or_else(|| panic!("{path} names no field: {problem}")).to_owned()
    }
}
