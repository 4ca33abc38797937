//! Connections: pools for serving, one pinned connection for the work of the toolkit.

mod database;
mod error;
mod postgres;
mod session;
mod sqlite;

pub use database::Database;
pub use error::ConnectError;
pub(crate) use postgres::{check_version, connect_raw};
pub(crate) use session::of_driver;
pub use session::{Purpose, Session};
pub(crate) use sqlite::ensure_folder;
