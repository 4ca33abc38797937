//! What can be wrong with a list of databases, or with a name on the command line.

use thiserror::Error;

/// The catalog, or a name that was asked for, does not hold together.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogError {
    /// A name on the command line that no database has.
    #[error("there is no database `{name}`")]
    Unknown {
        /// What was asked for.
        name: String,
        /// The nearest name there is.
        nearest: Option<String>,
        /// All names.
        known: Vec<String>,
    },
    /// A database comes after one that is not in the catalog.
    #[error("database `{database}` comes after `{after}`, which is not in the catalog")]
    UnknownAfter {
        /// The database with the bad declaration.
        database: String,
        /// The name it declares.
        after: String,
    },
    /// Two databases have one name.
    #[error("two databases are called `{database}`")]
    Duplicate {
        /// The name.
        database: String,
    },
    /// Databases that come after each other.
    #[error("the databases {} come after each other in a circle", circle.join(" → "))]
    Cycle {
        /// The circle, its first name repeated at the end.
        circle: Vec<String>,
    },
}

impl CatalogError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Unknown { nearest: Some(nearest), .. } => format!("did you mean `{nearest}`?"),
            Self::Unknown { known, .. } => format!("the databases are: {}", known.join(", ")),
            Self::UnknownAfter { database, .. } => {
                format!("correct `after` in the descriptor of `{database}`, or add the database to the catalog")
            }
            Self::Duplicate { .. } => "give one of the descriptors another name".to_owned(),
            Self::Cycle { .. } => "remove one `after` of the circle from its descriptor".to_owned(),
        }
    }
}
