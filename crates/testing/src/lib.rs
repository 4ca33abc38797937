//! What tests on both engines need: real databases, a clock that stands still, workspaces made of text, child processes
//! and an HTTP client.
//!
//! **Invariant:** a dev-dependency only, used from `tests/it/`; a crate's own unit tests would see that crate twice.
//! **Invariant:** nothing here skips in silence. An engine that is left out says so, a server that is missing fails.

#![expect(clippy::missing_panics_doc, reason = "a helper panics where its test cannot go on: that is how a test fails")]

mod app;
mod bombard;
mod child;
mod clock;
mod engines;
mod fleet;
mod garbage;
mod gate;
mod http;
mod restrict;
mod rules;
mod server;
mod sql;
mod template;
mod workspace;

pub use app::Running;
/// The one database of its own that the toolkit's tests may use.
pub use atriz_core;
pub use child::{Child, given};
pub use clock::FixedClock;
pub use engines::run;
pub use fleet::TestFleet;
pub use gate::Gate;
pub use http::{Answer, Http};
pub use restrict::Login;
pub use server::server_variables;
pub use sql::{execute, number, texts};
pub use workspace::{Workspace, for_engine};

#[doc(hidden)]
pub use atriz_db::Engine;
