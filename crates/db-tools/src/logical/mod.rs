//! A schema as both engines and the entities mean it.
//!
//! [`crate::introspect`] says what one engine's catalogue holds, in that engine's words. Here the same is said in words that
//! the other engine and the entities share, so that the three can be held against each other and written as SQL again.

mod model;

pub use model::{
    Action, Check, Column, ColumnType, ForeignKey, Generated, Index, IndexKey, Logical, PrimaryKey, Table, Trigger,
};
