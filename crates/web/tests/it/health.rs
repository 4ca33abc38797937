//! Whether the app says truthfully that it can serve.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use atriz_web::{Readiness, ReadinessProbe, Settings};
use insta::assert_snapshot;
use serde_json::json;

use crate::support::{app, shown, start};

struct Probe(&'static str, fn() -> Readiness);

#[async_trait]
impl ReadinessProbe for Probe {
    fn name(&self) -> &str {
        self.0
    }

    async fn check(&self) -> Readiness {
        (self.1)()
    }
}

struct Hanging(&'static str);

#[async_trait]
impl ReadinessProbe for Hanging {
    fn name(&self) -> &str {
        self.0
    }

    async fn check(&self) -> Readiness {
        std::future::pending().await
    }
}

fn migrated() -> Readiness {
    Readiness::ok().with_details(json!({ "engine": "sqlite", "pending_migrations": 0 }))
}

fn unreachable() -> Readiness {
    Readiness::failed("cannot reach postgres://ana:hunter2@db/core")
        .with_details(json!({ "url": "postgres://a:hunter2@db" }))
}

fn broken() -> Readiness {
    panic!("hunter2")
}

#[tokio::test]
async fn an_app_that_needs_nothing_lives_and_is_ready() {
    let app = start(app().build()).await;
    assert_snapshot!(shown(app.get("/health/live")).await);
    assert!(shown(app.get("/health/ready")).await.starts_with("200"));
}

#[tokio::test]
async fn every_component_is_told() {
    let app = start(app().probe(Probe("core", migrated)).probe(Probe("demo", Readiness::ok)).build()).await;
    assert_snapshot!(shown(app.get("/health/ready")).await);
}

#[tokio::test]
async fn one_that_fails_makes_the_app_not_ready() {
    let probes = app().probe(Probe("core", unreachable)).probe(Probe("demo", migrated)).probe(Probe("odd", broken));
    let app = start(probes.build()).await;
    let answer = shown(app.get("/health/ready")).await;
    assert!(!answer.contains("hunter2"), "{answer}");
    assert_snapshot!(answer);
    assert!(shown(app.get("/health/live")).await.starts_with("200"), "an app that is not ready lives");
}

#[tokio::test]
async fn those_that_hang_are_given_up_together() {
    let settings = Settings { probe_timeout: Duration::from_millis(300), ..Settings::default() };
    let probes = app().settings(settings).probe(Hanging("a")).probe(Hanging("b")).probe(Hanging("c"));
    let app = start(probes.probe(Probe("demo", migrated)).build()).await;
    let started = Instant::now();
    let answer = shown(app.get("/health/ready")).await;
    let took = started.elapsed();
    // One after the other they would take 900 ms.
    assert!(took >= Duration::from_millis(300) && took < Duration::from_millis(850), "{took:?}");
    assert_snapshot!(answer);
}
