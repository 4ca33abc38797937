//! Proves that the folders of both engines and the entities say the same, and that what they say keeps the rules.
//!
//! Both folders are replayed into scratch databases, the catalogues are read, and all three are said in the shared words
//! of [`crate::logical`]. What must differ is declared in `migrations/<database>/differences.toml`, with its reason.

mod compare;
mod declared;
mod error;
mod finding;
mod full_text;
mod in_the_way;
pub mod live;
mod mend;
mod new_tables;
mod renamed;
mod replay;
mod report;
mod retype;
mod rules;
mod run;

pub use declared::{Between, Declared, FILE as DIFFERENCES_FILE, declared};
pub use error::CheckError;
pub use finding::Finding;
pub use replay::replay;
pub use report::{Checked, Phases, Report};
pub use run::{CheckRequest, check, compare};
