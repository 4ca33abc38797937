//! Why a seed could not be loaded.

use sea_orm::{DbErr, sqlx};
use thiserror::Error;

use crate::failure::{Failure, FailureKind};

/// A seed could not be loaded; nothing of its file stays.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SeedError {
    /// A file whose name says no order, table or kind.
    #[error("{file} is not named like a seed")]
    Name {
        /// The file.
        file: String,
    },
    /// A file that cannot be read as what it is.
    #[error("{file}: {reason}")]
    Format {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A statement that would end the transaction of its file, or is none of a transaction's business.
    #[error("{file}, line {line}: {word} has no place in a seed")]
    TransactionControl {
        /// The file.
        file: String,
        /// The line, from one.
        line: usize,
        /// The statement's first word.
        word: String,
    },
    /// A table that the database does not have.
    #[error("{file}: there is no table `{table}`")]
    Table {
        /// The file.
        file: String,
        /// The table.
        table: String,
    },
    /// A column that the table does not have.
    #[error("{file}: table `{table}` has no column `{column}`")]
    Column {
        /// The file.
        file: String,
        /// The table.
        table: String,
        /// The heading.
        column: String,
        /// The nearest column there is.
        nearest: Option<String>,
    },
    /// Two headings for one column.
    #[error("{file}: column `{column}` stands in the heading twice, as {headings}")]
    DuplicateColumn {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The two headings.
        headings: String,
    },
    /// A heading names a parent, and nothing says which table that is.
    #[error("{file}: `{heading}` names a parent, and column `{column}` refers to no table")]
    NoParentTable {
        /// The file.
        file: String,
        /// The heading.
        heading: String,
        /// The column.
        column: String,
    },
    /// A table with an id of its own, and no natural key in the heading.
    #[error("{file}: no column is marked as natural key, and `id` is not given")]
    NoKey {
        /// The file.
        file: String,
    },
    /// A value that its column cannot hold.
    #[error("{file}, row {row}, column `{column}`: {reason}")]
    Value {
        /// The file.
        file: String,
        /// The line in the file, the heading being 1.
        row: u64,
        /// The heading.
        column: String,
        /// Why.
        reason: String,
    },
    /// A row that the engine refuses.
    #[error("{file}, row {row}: {reason}")]
    Row {
        /// The file.
        file: String,
        /// The line in the file, the heading being 1.
        row: u64,
        /// What the engine says.
        reason: String,
    },
    /// Two rows with one key.
    #[error("{file}, row {row}: the key `{key}` is taken by row {first}")]
    DuplicateKey {
        /// The file.
        file: String,
        /// The later line.
        row: u64,
        /// The earlier one.
        first: u64,
        /// The key.
        key: String,
    },
    /// A parent that is not there.
    #[error("{file}, row {row}, column `{column}`: table `{table}` has no row `{key}`")]
    MissingParent {
        /// The file.
        file: String,
        /// The line.
        row: u64,
        /// The heading.
        column: String,
        /// The table of the parent.
        table: String,
        /// What the cell says.
        key: String,
    },
    /// The engine refused the rows.
    #[error("{file}: {message}")]
    Engine {
        /// The file.
        file: String,
        /// What it says.
        message: String,
        /// What kind of failure it is.
        kind: FailureKind,
    },
    /// Somebody else holds a table, and does not let go.
    #[error("{file}: a table it needs is locked, and was not freed within 3 s{holder}")]
    Locked {
        /// The file.
        file: String,
        /// ", held by …", if it is known.
        holder: String,
    },
    /// Demo rows in production.
    #[error("demo seeds are refused in production")]
    Production,
}

impl SeedError {
    pub(crate) fn engine(file: &str, error: &sqlx::Error) -> Self {
        Self::failed(file, Failure::of_sqlx(error))
    }

    /// An error of a seed in Rust.
    pub fn function(name: &str, error: &DbErr) -> Self {
        Self::failed(name, Failure::of(error))
    }

    fn failed(file: &str, failure: Failure) -> Self {
        let file = file.to_owned();
        match failure.kind {
            FailureKind::LockTimeout => Self::Locked { file, holder: String::new() },
            kind => Self::Engine { file, message: failure.message, kind },
        }
    }

    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Name { .. } => {
                "name it `<NN>_<table>.csv`, `.json`, or `<NN>_<table>.<engine>.up.sql` and `.down.sql`"
            }
            Self::Format { .. } => "seeds/README.md describes the format",
            Self::TransactionControl { .. } => {
                "remove it: each file runs in one transaction, which the loader begins and ends"
            }
            Self::Table { .. } => "correct the file's name, or migrate the database first",
            Self::Column { nearest: Some(nearest), .. } => return format!("did you mean `{nearest}`?"),
            Self::Column { .. } => "correct the heading, or add the column in a migration",
            Self::DuplicateColumn { .. } => "remove one of the two, with its cells",
            Self::NoParentTable { .. } => "declare the foreign key in the entity, or the reference in the descriptor",
            Self::NoKey { .. } => "mark the columns of the natural key with `*` in the heading",
            Self::Value { .. } => "correct the cell; nothing of this file was loaded",
            Self::Row { .. } => "correct the row; nothing of this file was loaded",
            Self::DuplicateKey { .. } => "remove one of the two rows",
            // `file` is a label, which names the set of rows as its folder.
            Self::MissingParent { file, .. } if file.contains("/demo/") => {
                "load the reference rows before, with `--reference`; or add the parent to an earlier file, or correct the cell"
            }
            Self::MissingParent { .. } => "add the parent to an earlier file, or correct the cell",
            Self::Engine { kind, .. } => {
                kind.way_out().unwrap_or("nothing of this file was loaded; correct it and run again")
            }
            Self::Locked { .. } => "nothing of this file was done; end the session that holds the table, and run again",
            Self::Production => "seed with `--reference`",
        }
        .to_owned()
    }
}
