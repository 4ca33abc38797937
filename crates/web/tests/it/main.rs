//! The edge as a client sees it: real servers on free ports of this machine.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test as its own lines do")]

mod bind;
mod caching;
mod extract;
mod guard;
mod health;
mod logging;
mod metrics;
mod openapi;
mod pages;
mod preconditions;
mod problems;
mod request_id;
mod shutdown;
mod support;
mod two_apps;
