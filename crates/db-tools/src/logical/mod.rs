//! A schema as both engines and the entities mean it.
//!
//! [`crate::introspect`] says what one engine's catalogue holds, in that engine's words. Here the same is said in words
//! that the other engine and the entities share, so that the three can be held against each other and written as SQL
//! again.

mod difference;
mod entities;
mod error;
pub mod expression;
mod model;
mod schema;
mod sqlite_types;
mod trigger_bodies;
mod triggers;
mod types;

pub use difference::{Difference, DifferenceKind, Object, difference};
pub use entities::from_entities;
pub use error::LogicalError;
pub use model::{
    Action, Check, Column, ColumnType, ForeignKey, Generated, Index, IndexKey, Logical, PrimaryKey, Source, Table,
    Trigger, View,
};
pub use schema::from_schema;
