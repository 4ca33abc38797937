//! What the apps have in common, so that each of them is its database, its routes and a program of a few lines.
//!
//! * An [`App`] says what tells one app from another; [`run`] is the whole of its program.
//! * A process with several apps composes the same steps itself: [`Bound::bind`] for each, then
//!   [`atriz_db::Fleet::prepare`], [`Pools::open`] once for all, [`Bound::open`] and [`Serving::serve`] for each.
//! * Handlers take their [`Context`], and read lists with [`Search`], [`keyset`] and [`OrProblem`].
//!
//! **Invariant:** this crate knows no app.
//!
//! ```no_run
//! # fn descriptor() -> atriz_db::Descriptor { atriz_db::Descriptor::new("shop", "shop_db", "apps/shop") }
//! use atriz_app::App;
//! use utoipa_axum::router::OpenApiRouter;
//!
//! const APP: App = App {
//!     name: "shop",
//!     package: "shop-api",
//!     version: "1.0.0",
//!     description: "Sells things.",
//!     default_port: 3003,
//!     descriptor,
//!     api: |_| OpenApiRouter::new(),
//! };
//!
//! fn main() -> std::process::ExitCode {
//!     atriz_app::run(&APP)
//! }
//! ```

mod app;
mod cli;
mod context;
mod error;
mod hint;
pub mod keyset;
mod pools;
mod problem;
mod query;
mod readiness;
mod search;
mod serve;
mod sign_in;
mod terminal;
mod values;

pub use app::App;
/// What a process with several apps needs of the HTTP edge, so that it need not know the edge itself.
pub use atriz_web::{LogFormat, init_tracing, is_filter, shutdown_signal};
pub use cli::run;
pub use context::Context;
pub use error::AppError;
pub use pools::Pools;
pub use problem::{OrProblem, database_problem};
pub use query::{beginning_with, flag, plain, storable_time};
pub use search::{Frequency, Index, Search, sorted_last};
pub use serve::{Bound, Serving};
pub use terminal::{ask, is_interactive};
pub use values::{Coordinates, Money, from_hundredths};
