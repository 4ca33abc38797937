//! What entities say that no engine can hold.

use thiserror::Error;

/// What entities say that no engine can hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LogicalError {
    /// A type that neither engine of ours has.
    #[error("entity `{table}`, column `{column}`: {kind} is a type that neither PostgreSQL nor SQLite can hold")]
    Type {
        /// The table.
        table: String,
        /// The column.
        column: String,
        /// The type, as SeaORM calls it.
        kind: String,
    },
    /// Two entities of one table.
    #[error("two entities are called `{table}`")]
    Twice {
        /// The table.
        table: String,
    },
}

impl LogicalError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Type { column, .. } => {
                format!(
                    "give `{column}` another type with #[sea_orm(column_type = \"…\")], such as Text, BigInteger or JsonBinary"
                )
            }
            Self::Twice { table, .. } => {
                format!(
                    "take one of the `.entity::<{table}::Entity>()` out of the descriptor, or call its table otherwise"
                )
            }
        }
    }
}
