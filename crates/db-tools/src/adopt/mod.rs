//! Takes over what another tool has: its folder becomes files of this workspace's layout, its history in a database becomes
//! ours. The folder and the tool's own table stay as they are.

mod engines;
mod error;
mod files;
mod history;
mod tables;
mod version;

pub use engines::{Served, served};
pub use error::AdoptError;
pub use files::{Adopted, AdoptedFile, plan};
pub use history::{Known, reader};
