//! Making, emptying and dropping a database as a whole.

mod clean;
mod create;
mod drop;
mod error;
mod roles;

pub use clean::CleanReport;
pub(crate) use clean::clean;
pub(crate) use clean::{lost_rows, user_rows};
pub use create::Created;
pub(crate) use create::{Server, create_file};
pub(crate) use drop::drop_database;
pub use error::LifecycleError;
