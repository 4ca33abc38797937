//! Point of sale and inventory: stores, what they sell, and how much of it is there.
//!
//! **Invariant:** `store_id` leads every query of products and stock, as it leads their keys.

pub mod database;
pub mod entity;
mod http;

use atriz_app::App;

/// The app.
pub const APP: App = App {
    name: "pshop",
    package: "pshop-api",
    version: env!("CARGO_PKG_VERSION"),
    description: "Point of sale and inventory: stores, what they sell, and how much of it is there.",
    default_port: 3002,
    descriptor: database::descriptor,
    api: http::routes,
};
