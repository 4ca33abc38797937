//! Fleet tracking: vehicles and where they are.
//!
//! **Invariant:** everything here belongs to a fleet, so every handler is behind [`atriz_core_http::Private`].

pub mod database;
pub mod entity;
mod http;

use atriz_app::App;

/// The app.
pub const APP: App = App {
    name: "mextrack",
    package: "mextrack-api",
    version: env!("CARGO_PKG_VERSION"),
    description: "Fleet tracking: vehicles and where they are.",
    default_port: 3001,
    descriptor: database::descriptor,
    api: http::routes,
};
