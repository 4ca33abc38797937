//! Proves that the folders of both engines and the entities say the same, and that what they say keeps the rules.

mod finding;
pub mod live;

pub use finding::Finding;
