//! Several apps in one process do not see each other.

use atriz_web::Server;
use serde_json::{Value, json};

use crate::support::{Running, start};

async fn json_of(app: &Running, path: &str) -> Value {
    app.get(path).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn each_has_its_own_name_and_numbers() {
    let one = start(Server::builder("one", "1.0.0").build()).await;
    let two = start(Server::builder("two", "2.0.0").build()).await;
    for _ in 0..3 {
        json_of(&one, "/version").await;
    }
    let version = json_of(&two, "/version").await;
    let commit = version["commit"].clone();
    assert_eq!(version, json!({ "name": "two", "version": "2.0.0", "commit": commit }));
    assert_eq!(json_of(&one, "/openapi.json").await["info"], json!({ "title": "one", "version": "1.0.0" }));
    for (app, count) in [(&one, 3), (&two, 1)] {
        let metrics = app.get("/metrics").send().await.unwrap().text().await.unwrap();
        let line = format!(r#"http_requests_total{{method="GET",route="/version",status="2xx"}} {count}"#);
        assert!(metrics.contains(&line), "{metrics}");
    }
}

#[tokio::test]
async fn one_goes_on_when_the_other_ends() {
    let one = start(Server::builder("one", "1.0.0").build()).await;
    let two = start(Server::builder("two", "2.0.0").build()).await;
    one.stop().await.unwrap();
    assert_eq!(json_of(&two, "/health/live").await, json!({ "status": "ok" }));
}
