//! Which databases there are, and in which order they are worked on.

mod descriptor;
mod error;
mod files;
mod model;
mod plan;

pub use descriptor::{Descriptor, LogicalReference, OnErase, ScopeRule, SeedFunction, SeedRun, SeedSet};
pub use error::CatalogError;
pub use files::FileSet;
pub use model::{ColumnModel, ForeignKeyModel, TableModel, UniqueKeyModel};
pub(crate) use plan::nearest;
pub use plan::{Catalog, Plan};
