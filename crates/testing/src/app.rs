//! An app that listens, and what tests ask it.

use std::future::Future;

use atriz_core::DEMO_PASSWORD;
use atriz_db::{Fleet, Plan};
use atriz_kernel::SharedClock;
use atriz_web::Server;
use serde_json::json;

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

impl Running {
    /// A client of the app that is signed in as the demo user with this address.
    ///
    /// # Panics
    ///
    /// If that user cannot sign in.
    pub async fn signed_in(&self, email: &str) -> Http {
        self.http.signed_in(email).await
    }

    /// The same app, whose [`Running::http`] is signed in as that user.
    pub async fn used_by(mut self, email: &str) -> Self {
        self.http = self.signed_in(email).await;
        self
    }
}

impl Http {
    /// The same client, signed in as the demo user with this address.
    ///
    /// # Panics
    ///
    /// If that user cannot sign in.
    pub async fn signed_in(&self, email: &str) -> Self {
        let client = self.without("authorization");
        let body = json!({"email": email, "password": DEMO_PASSWORD});
        let tokens = client.post("/auth/sign-in", &body, 200).await.json();
        client.bearing(tokens["access_token"].as_str().expect("tokens are text"))
    }

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
