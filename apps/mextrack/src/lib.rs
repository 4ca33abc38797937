//! Fleet tracking: vehicles and where they are.
//!
//! **Invariant:** everything here belongs to a fleet, so every handler asks for a permission, and its rows are those of
//! fleets that the caller is a member of.

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
