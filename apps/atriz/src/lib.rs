//! The website: categories, places, and what people offer.
//!
//! **Invariant:** what is served here without sign-in is what everybody may see; drafts and profiles are not.

pub mod database;
pub mod entity;
mod http;

use atriz_app::App;

/// The app.
pub const APP: App = App {
    name: "atriz",
    package: "atriz-api",
    version: env!("CARGO_PKG_VERSION"),
    description: "The website: categories, places, and what people offer. Places: © GeoNames, \
        https://www.geonames.org/, licensed under Creative Commons Attribution 4.0 International.",
    default_port: 3000,
    descriptor: database::descriptor,
    api: http::routes,
};
