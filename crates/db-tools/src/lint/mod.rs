//! Migrations read for what would hurt: the rules of [`RULES`], each finding with its place and the safe way.
//!
//! A file that is released is history: it is read for what it made, and for whether somebody edited it. The others are one
//! batch, whose objects nobody uses yet: what is done to an object that the batch itself made hurts nobody.
//!
//! **Invariant:** without `fix` nothing is written; with it no released file is.

mod baseline;
mod check;
mod error;
mod file;
mod finding;
mod fix;
mod fold;
mod folder;
mod hit;
mod ignore;
mod names;
mod place;
mod plain;
mod replay;
mod rules;
mod run;
mod seen;
mod settle;
mod source;
mod squawk;
mod state;
mod table;

pub use baseline::Since;
pub use error::LintError;
pub use finding::{Finding, Fixed, Report};
pub use folder::LintFolder;
pub use rules::{Level, RULES, Rule, rule};
pub use run::{LintRequest, lint};
