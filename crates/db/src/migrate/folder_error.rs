//! What can be wrong with a folder of migrations.

use thiserror::Error;

use super::split::SplitError;
use crate::Engine;

/// A folder that must not be run; nothing has been touched.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FolderError {
    /// No migration at all: a debug binary moved to another machine, or a wrong folder.
    #[error("{folder} holds no migration")]
    Nothing {
        /// The folder.
        folder: String,
    },
    /// A file name that is not `<14 digits>_<what>.{up,down}.sql`.
    #[error("{path} is not named like a migration")]
    Name {
        /// The file.
        path: String,
    },
    /// A migration of one engine without its counterpart for the other.
    #[error("{missing} is missing: a migration has a twin for {}", engine.title())]
    NoTwin {
        /// The file that is not there.
        missing: String,
        /// The engine it would be for.
        engine: Engine,
    },
    /// A way back without a way there.
    #[error("{missing} is missing: there is only the way back")]
    NoUp {
        /// The file that is not there.
        missing: String,
    },
    /// A way there without a way back.
    #[error("{missing} is missing: a migration has a way back")]
    NoDown {
        /// The file that is not there.
        missing: String,
    },
    /// A folder of another layout that cannot be read.
    #[error("{message}")]
    Source {
        /// What is wrong with it.
        message: String,
        /// What to do next.
        hint: String,
    },
    /// Two migrations with one version.
    #[error("{first} and {second} have the same version")]
    Duplicate {
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// A place in a generated file that somebody has to decide on.
    #[error("{path}, line {line}, is not decided: {what}")]
    Undecided {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// What has to be decided.
        what: String,
    },
    /// A listed file that cannot be read.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file.
        path: String,
    },
    /// Not UTF-8.
    #[error("{path} is not UTF-8: byte {offset} begins no character")]
    Encoding {
        /// The file.
        path: String,
        /// The first bad byte.
        offset: usize,
    },
    /// No statement in it.
    #[error("{path} holds no statement")]
    Empty {
        /// The file.
        path: String,
    },
    /// Statements in the twin of a migration that is for the other engine alone.
    #[error("{path} says that it is for the other engine alone, and holds statements")]
    NotEmpty {
        /// The file.
        path: String,
    },
    /// A directive that is not known.
    #[error("{path}: `-- atriz: {directive}` is not a directive")]
    Directive {
        /// The file.
        path: String,
        /// Its text.
        directive: String,
    },
    /// Text that cannot be split into statements.
    #[error("{path}: {source}")]
    Split {
        /// The file.
        path: String,
        /// Why.
        source: SplitError,
    },
    /// A NUL byte, which no statement can hold.
    #[error("{path}, line {line}: a NUL byte")]
    Nul {
        /// The file.
        path: String,
        /// The line.
        line: usize,
    },
    /// A switch of foreign keys, which does nothing inside a transaction.
    #[error("{path}, line {line}: `PRAGMA {pragma}` does nothing inside a migration, which is one transaction")]
    Pragma {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// The pragma.
        pragma: String,
    },
    /// A table that is dropped and made again without saying so.
    #[error("{path}, line {line}: `{table}` is rebuilt, and the file does not say so")]
    Rebuild {
        /// The file.
        path: String,
        /// The line of the DROP.
        line: usize,
        /// The table.
        table: String,
    },
    /// A concurrent index without a name could not be found again after a crash.
    #[error("{path}, line {line}: an index that is built concurrently needs a name")]
    Unnamed {
        /// The file.
        path: String,
        /// The line.
        line: usize,
    },
    /// BEGIN, COMMIT and the like.
    #[error("{path}, line {line}: `{word}` must not stand in a migration, which is one transaction already")]
    TransactionControl {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// The word.
        word: String,
    },
}

impl FolderError {
    /// What to do next.
    pub fn hint(&self) -> String {
        match self {
            Self::Nothing { .. } => "a debug build reads the folder it was built beside; run it there, or build with \
                 --release, which carries the files along"
                .to_owned(),
            Self::Nul { .. } => "remove it; a file saved as UTF-16 holds one in every character".to_owned(),
            Self::Pragma { .. } | Self::Rebuild { .. } => "write `-- atriz: rebuild` at the top of the file: it is then run \
                 with foreign keys off, and they are checked before it is committed; with them on, dropping the old table \
                 would take the rows of its children along"
                .to_owned(),
            Self::Unnamed { .. } => "name it `idx_<table>_<columns>`".to_owned(),
            Self::Name { .. } => {
                "name it `<YYYYMMDDhhmmss>_<verb_what>.up.sql`; `cargo xtask db new` does so".to_owned()
            }
            Self::NoTwin { engine, .. } => {
                format!("write it, or let it hold nothing but `-- atriz: only {} \"why\"`", engine.other().name())
            }
            Self::NoUp { .. } => "write it, or remove the way back".to_owned(),
            Self::NoDown { .. } => "write it, or let it hold `-- atriz: irreversible \"why\"`".to_owned(),
            Self::Source { hint, .. } => hint.clone(),
            Self::Duplicate { .. } => "give the one that was never released a later version".to_owned(),
            Self::Unreadable { .. } => "check the file's rights".to_owned(),
            Self::Encoding { .. } => "save it as UTF-8".to_owned(),
            Self::Empty { .. } => "write its statements, or remove the migration on both engines".to_owned(),
            Self::NotEmpty { .. } => "remove the directive or the statements".to_owned(),
            Self::Directive { .. } => {
                "there are `only ENGINE \"why\"`, `no-transaction`, `rebuild`, `irreversible \"why\"` and \
                 `lint-ignore RULE \"why\"`"
                    .to_owned()
            }
            Self::Undecided { path, line, .. } => {
                format!("write at line {line} of {path} what it asks for, then take the line with `-- atriz: decide` away")
            }
            Self::Split { source, .. } => source.hint(),
            Self::TransactionControl { .. } => {
                "remove it; `-- atriz: no-transaction` lets each statement run alone".to_owned()
            }
        }
    }
}
